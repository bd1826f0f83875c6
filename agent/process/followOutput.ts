import { basename } from "node:path";
import type { OutputChunk } from "./spoolReader.ts";
import { openSpoolReader } from "./spoolReader.ts";
import type { TaskWatch } from "./watchTask.ts";

/**
 * Reads a task's output from byte `from` on and goes on as it grows, until the task is over and all is read, or `signal` is aborted.
 * `totalBytes` says how long the output is in all once that is known, so that a tail that can't be read is stated as lost.
 */
export async function* followOutput(
  outputDir: string,
  from: number,
  task: { readonly watch: TaskWatch; readonly isOver: () => boolean; readonly totalBytes: () => number | undefined },
  signal?: AbortSignal,
): AsyncGenerator<OutputChunk, void, undefined> {
  const reader = openSpoolReader(outputDir, from);
  const aborted = new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
  try {
    while (!signal?.aborted) {
      // Asked before reading: what was written before the end is then surely seen by the read.
      const isOver = task.isOver();
      const change = task.watch.changed(basename(outputDir));
      const chunks = await reader.read();
      for (const chunk of chunks) {
        if (signal?.aborted) return;
        yield chunk;
      }
      if (chunks.length > 0) continue;
      if (isOver) break;
      await Promise.race([change, aborted]);
    }
    const lost = (task.totalBytes() ?? 0) - reader.offset;
    if (!signal?.aborted && lost > 0) {
      yield { kind: "lost", offset: reader.offset, length: lost, because: "damaged" };
    }
  } finally {
    await reader.close();
  }
}
