/** Reads at once when asked, and not again before a while has passed; what is asked meanwhile is one more read at its end. */
export interface SlowReader {
  readonly read: () => void;
  readonly stop: () => void;
}

/** Makes a reader that waits `everyMs` between the beginnings of two reads. */
export function createSlowReader(read: () => Promise<unknown>, everyMs: number): SlowReader {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsked = false;
  const begin = (): void => {
    isAsked = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (isAsked) begin();
    }, everyMs);
    void read();
  };
  return {
    read: () => {
      if (timer === undefined) begin();
      else isAsked = true;
    },
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
      isAsked = false;
    },
  };
}
