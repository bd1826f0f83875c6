import { z } from "zod";

/** The run and step that every update of a benchmark is about; ours replaces them by real ones. */
export const SAMPLE_RUN = "0190a1b2-0000-4000-8000-000000000001";

/** One update with the moment of its making in it: CLOCK_MONOTONIC in ns, which all processes of a machine share. */
export function progressOf(count: number) {
  return {
    done: 1_000_000 * count,
    total: 53_687_091_200,
    unit: "bytes" as const,
    ratePerSecond: 104_857_600,
    etaMs: 512_000,
    filesDone: count,
    filesTotal: 4_096,
    item: `base/16384/${String(count).padStart(8, "0")} ${process.hrtime.bigint()}`,
  };
}

/** The same update as a frame for browsers. */
export function progressFrame(count: number) {
  return {
    type: "progress",
    runId: SAMPLE_RUN,
    taskId: `${SAMPLE_RUN}.copy.1`,
    stepId: "copy",
    at: Date.now(),
    progress: progressOf(count),
  };
}

const Stamped = z.object({ type: z.literal("progress"), progress: z.object({ item: z.string() }) });

/** When the update in a frame was made, in ns; undefined for any other frame. */
export function readStamp(frame: unknown): bigint | undefined {
  const read = Stamped.safeParse(frame);
  const stamp = read.success ? read.data.progress.item.split(" ")[1] : undefined;
  return stamp === undefined ? undefined : BigInt(stamp);
}
