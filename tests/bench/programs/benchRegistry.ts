import { join } from "node:path";
import type { Action } from "../../../agent/actions/action.ts";
import { registered, registryOf } from "../../../agent/actions/action.ts";
import { parseRsyncLine } from "../../../agent/tools/rsync.ts";
import { hostFacts } from "../../../domain/action/host.ts";

/** How many lines one task writes, and how often: enough that the slowest twentieth is more than the first lines of a new process. */
export const LINES = 150;
export const EVERY_MS = 150;
const TOTAL_BYTES = Number.MAX_SAFE_INTEGER;

/** An action that any enrolled server may order, and that does what `files.copy` does with rsync's lines, and nothing else. */
const watchRsync: Action<typeof hostFacts.args, typeof hostFacts.result> = {
  spec: hostFacts,
  plan: () => [],
  inspect: async () => ({ state: "notBegun" }),
  async run(_, context) {
    await context.program({
      file: process.execPath,
      args: [join(import.meta.dirname, "rsyncLines.ts"), String(LINES), String(EVERY_MS)],
      stdout: { to: "callbacks" },
      onStdoutLine(text) {
        const line = parseRsyncLine(text);
        if (line.kind !== "progress") return;
        context.progress({
          done: Math.min(line.bytesDone, TOTAL_BYTES),
          total: TOTAL_BYTES,
          unit: "bytes",
          ratePerSecond: line.bytesPerSecond,
          ...(line.etaMs === undefined ? {} : { etaMs: line.etaMs }),
          filesDone: line.filesTransferred ?? 0,
          filesTotal: 4096,
        });
      },
    });
    return {
      ...{ cores: 1, load1: 0, load5: 0, memory_total_bytes: 0, memory_available_bytes: 0 },
      ...{ aes: true, kernel: "", os: "", uptime_ms: 0 },
    };
  },
};

export const BENCH_ACTIONS = registryOf([registered(watchRsync)]);
