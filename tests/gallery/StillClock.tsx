"use client";

import type { ReactNode } from "react";
import { freezeClock } from "../../components/ui/clock.ts";
import { NowProvider } from "../../components/ui/Now.tsx";
import { NOW } from "./samples.ts";

if (typeof window !== "undefined") freezeClock(NOW);

/** Stops the clock of the gallery, so that two screenshots of the same thing are the same. */
export function StillClock(props: { children: ReactNode }) {
  return <NowProvider serverNowMs={NOW}>{props.children}</NowProvider>;
}
