"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useState } from "react";
import { LiveRegions } from "../components/ui/LiveRegions.tsx";
import { NowProvider } from "../components/ui/Now.tsx";
import { ToastHost } from "../components/ui/ToastHost.tsx";

const FRESH_MS = 5_000;

/** What every page stands in: the query cache, the clock, the live regions and the place for toasts. */
export function Providers(props: { serverNowMs: number; children: ReactNode }) {
  // One client per browser tab, made in state: at module level the server would share one among its readers.
  const [client] = useState(
    () => new QueryClient({ defaultOptions: { queries: { staleTime: FRESH_MS, retry: 1, throwOnError: false } } }),
  );
  return (
    <QueryClientProvider client={client}>
      <NowProvider serverNowMs={props.serverNowMs}>
        {props.children}
        <LiveRegions />
        <ToastHost />
      </NowProvider>
    </QueryClientProvider>
  );
}
