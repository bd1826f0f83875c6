import type { QueryClient } from "@tanstack/react-query";
import type { BrowserFrame } from "../../protocol/browser.ts";
import { getJson } from "./apiClient.ts";
import type { RunAnswer } from "./patchRun.ts";
import { newerOf, withHost, withProgress } from "./patchRun.ts";
import { queryKeys } from "./queryKeys.ts";

/** Ten frames a second reach the page; a person reads four. */
const SHOW_EVERY_MS = 250;
/** Several events of one turn come as several frames: they are one read. */
const READ_AFTER_MS = 60;
const READ_AGAIN_AFTER_MS = 400;

/** Keeps one run in the query cache up to date from what the socket says. */
export interface RunFeed {
  readonly hear: (frame: BrowserFrame) => void;
  /** Reads the run again, whatever is known. Resolves when the cache holds at least `seq`, or the read failed. */
  readonly readUpTo: (seq: number) => Promise<void>;
  readonly stop: () => void;
}

/** Reads a run; the newer of what was read and what is known stays. */
export async function readRun(client: QueryClient, runId: string, signal?: AbortSignal): Promise<RunAnswer> {
  const read = await getJson<RunAnswer>(`/api/runs/${runId}`, signal);
  return newerOf(client.getQueryData<RunAnswer>(queryKeys.run(runId)), read);
}

/** Makes the feed of a run. */
export function createRunFeed(client: QueryClient, runId: string): RunFeed {
  const key = queryKeys.run(runId);
  const patch = (change: (answer: RunAnswer) => RunAnswer): void => {
    client.setQueryData<RunAnswer>(key, (answer) => answer && change(answer));
  };
  let wantedSeq = 0;
  let readTimer: ReturnType<typeof setTimeout> | undefined;
  let showTimer: ReturnType<typeof setTimeout> | undefined;
  let progress: Extract<BrowserFrame, { type: "progress" }>[] = [];
  const seqOf = (): number => client.getQueryData<RunAnswer>(key)?.run.seq ?? 0;

  const read = async (): Promise<void> => {
    readTimer = undefined;
    await client.refetchQueries({ queryKey: key, exact: true });
    // The log may have grown during the read; a read that failed is tried again by the line's return, or here.
    if (seqOf() < wantedSeq) readTimer ??= setTimeout(() => void read(), READ_AGAIN_AFTER_MS);
  };

  return {
    hear: (frame) => {
      switch (frame.type) {
        case "runChanged":
          if (frame.runId !== runId) return;
          wantedSeq = Math.max(wantedSeq, frame.seq);
          if (seqOf() < wantedSeq) readTimer ??= setTimeout(() => void read(), READ_AFTER_MS);
          return;
        case "progress":
          if (frame.runId !== runId) return;
          progress.push(frame);
          showTimer ??= setTimeout(() => {
            showTimer = undefined;
            const frames = progress;
            progress = [];
            patch((answer) => withProgress(answer, frames));
          }, SHOW_EVERY_MS);
          return;
        case "hostChanged":
          patch((answer) => withHost(answer, frame));
          return;
        case "health":
        case "output":
        case "present":
        case "windowsChanged":
          return;
        default:
          return frame satisfies never;
      }
    },
    readUpTo: async (seq) => {
      wantedSeq = Math.max(wantedSeq, seq);
      await read();
    },
    stop: () => {
      clearTimeout(readTimer);
      clearTimeout(showTimer);
      readTimer = undefined;
      showTimer = undefined;
    },
  };
}
