import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again until the answer is true; throws after `timeoutMs` with what was waited for. Works outside of tests too. */
export async function waitUntil(
  what: string,
  isThere: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> {
  const until = performance.now() + timeoutMs;
  while (!(await isThere())) {
    if (performance.now() > until) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await sleep(15);
  }
}
