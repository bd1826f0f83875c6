"use client";

import { useEffect, useRef, useState } from "react";
import type { BrowserFrame } from "../../protocol/browser.ts";
import { getJson, wordsOfError } from "./apiClient.ts";
import { useRoom } from "./live/LiveProvider.tsx";
import type { OutputLog, OutputText } from "./outputLog.ts";
import { emptyLog, withOutput } from "./outputLog.ts";

/** A log opens at its tail: so many bytes of it are read first. */
const TAIL_BYTES = 128 * 1024;
const SHOW_EVERY_MS = 200;

/** The output of a task, live. `log` is undefined until the first read. */
export interface TaskOutput {
  readonly log: OutputLog | undefined;
  readonly trouble: string | undefined;
}

/**
 * Follows the output of a task: its tail over HTTP, then what comes by socket; a gap (a lost line, a slow page) is read over HTTP,
 * so that no byte is missed and none stands twice.
 */
export function useOutput(runId: string, taskId: string | null): TaskOutput {
  const [output, setOutput] = useState<TaskOutput & { taskId: string | null }>({
    taskId,
    log: undefined,
    trouble: undefined,
  });
  const followRef = useRef<ReturnType<typeof follow> | undefined>(undefined);
  useEffect(() => {
    if (taskId === null) return;
    const following = follow(runId, taskId, (log, trouble) => setOutput({ taskId, log, trouble }));
    followRef.current = following;
    return () => {
      following.stop();
      followRef.current = undefined;
    };
  }, [runId, taskId]);
  const onFrame = (frame: BrowserFrame): void => {
    if (frame.type === "output" && frame.taskId === taskId) followRef.current?.hear(frame);
  };
  useRoom(taskId === null ? undefined : `run:${runId}`, onFrame, () => followRef.current?.catchUp());
  return output.taskId === taskId ? output : { log: undefined, trouble: undefined };
}

function follow(runId: string, taskId: string, show: (log: OutputLog | undefined, trouble?: string) => void) {
  const abort = new AbortController();
  let log: OutputLog | undefined;
  let isReading = false;
  let isBehind = false;
  let showTimer: ReturnType<typeof setTimeout> | undefined;
  const showSoon = (): void => {
    showTimer ??= setTimeout(() => {
      showTimer = undefined;
      show(log);
    }, SHOW_EVERY_MS);
  };
  const catchUp = async (): Promise<void> => {
    isBehind = true;
    if (isReading) return;
    isReading = true;
    try {
      while (isBehind && !abort.signal.aborted) {
        isBehind = false;
        const from = log?.endOffset ?? -TAIL_BYTES;
        const path = `/api/runs/${runId}/output?task=${taskId}&from=${from}`;
        const piece = await getJson<OutputText>(path, abort.signal);
        const next = withOutput(log ?? emptyLog(piece.offset), piece);
        if (next === "gap") continue;
        // An answer is at most so long; one that brought something may have left more.
        isBehind ||= piece.endOffset > (log?.endOffset ?? piece.endOffset);
        log = next;
        show(log);
      }
    } catch (error) {
      if (!abort.signal.aborted) show(log, wordsOfError(error).message);
    } finally {
      isReading = false;
    }
  };
  void catchUp();
  return {
    catchUp: () => void catchUp(),
    hear: (frame: OutputText): void => {
      const next = log && !isReading ? withOutput(log, frame) : "gap";
      if (next === "gap") void catchUp();
      else if (next !== log) {
        log = next;
        showSoon();
      }
    },
    stop: (): void => {
      abort.abort();
      clearTimeout(showTimer);
    },
  };
}
