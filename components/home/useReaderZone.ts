"use client";

import { useSyncExternalStore } from "react";

const never = () => () => undefined;
const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The zone of the reader's device; UTC in the server's first frame, which can't know it. */
export function useReaderZone(): string {
  return useSyncExternalStore(never, ownZone, () => "UTC");
}
