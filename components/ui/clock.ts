/**
 * The clock that pages show: this device's, corrected to the server's, ticking once a second, and frozen while the page
 * is not connected where a page asks for that (the wall). One timer serves every age and countdown on the page.
 */
type Reading = { readonly tickMs: number; readonly offsetMs: number; readonly frozenAtMs: number | undefined };

let reading: Reading = { tickMs: 0, offsetMs: 0, frozenAtMs: undefined };
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function tell(next: Partial<Reading>): void {
  reading = { ...reading, ...next };
  for (const listener of listeners) listener();
}

/** Ticks just after each full second, so that all figures of a page change together. */
function schedule(): void {
  timer = setTimeout(
    () => {
      tell({ tickMs: Date.now() });
      schedule();
    },
    1000 - ((Date.now() + reading.offsetMs) % 1000) + 5,
  );
}

/** Follows the clock; the timer runs only while somebody does. */
export function onTick(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    reading = { ...reading, tickMs: Date.now() };
    schedule();
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
  };
}

/** The moment the page shows, in milliseconds since the epoch by the server's clock. The same until the next tick. */
export function shownNowMs(): number {
  if (reading.frozenAtMs !== undefined) return reading.frozenAtMs;
  if (reading.tickMs === 0) reading = { ...reading, tickMs: Date.now() };
  return reading.tickMs + reading.offsetMs;
}

/** Says how far the server's clock is ahead of this device's. Browser only. */
export function setClockOffset(offsetMs: number): void {
  tell({ offsetMs });
}

/** Stops every clock of the page at a moment, or lets them go on with `undefined`. Browser only. */
export function freezeClock(atMs: number | undefined): void {
  tell({ frozenAtMs: atMs });
}
