"use client";

import type { ReactNode } from "react";
import { createContext, use, useEffect, useSyncExternalStore } from "react";
import { onTick, setClockOffset, shownNowMs } from "./clock.ts";

const ServerNow = createContext<number | undefined>(undefined);

/** When the page's first byte came, by this device: the server's time was true about then, however long scripts took. */
function firstByteMs(): number {
  const [navigation] = performance.getEntriesByType("navigation");
  const startMs = navigation instanceof PerformanceNavigationTiming ? navigation.responseStart : 0;
  return performance.timeOrigin + startMs;
}

/**
 * Gives the page its clock. Ages and countdowns are rendered with the server's moment first, so that server and browser
 * agree on the first frame, then tick once a second.
 * @param serverNowMs Date.now() of the server while it rendered
 */
export function NowProvider(props: { serverNowMs: number; children: ReactNode }) {
  const { serverNowMs } = props;
  useEffect(() => setClockOffset(serverNowMs - firstByteMs()), [serverNowMs]);
  return <ServerNow value={serverNowMs}>{props.children}</ServerNow>;
}

/** The moment to show, in milliseconds since the epoch; the component renders again each second. */
export function useNow(): number {
  const serverNowMs = use(ServerNow);
  if (serverNowMs === undefined) throw new Error("useNow needs a NowProvider above it");
  return useSyncExternalStore(onTick, shownNowMs, () => serverNowMs);
}
