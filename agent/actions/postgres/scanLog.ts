import { open } from "node:fs/promises";
import type { z } from "zod";
import { postgresScanLog } from "../../../domain/action/postgres.ts";
import { toSafeText } from "../../../domain/text/safeText.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { dockerLogsCall } from "../../tools/docker.ts";
import { noteOf } from "../action.ts";
import { observing } from "../observing.ts";
import { withClient } from "./connect.ts";
import { linesWithout } from "./linesWithout.ts";
import { hostZone, momentOf } from "./logMoment.ts";
import { CRITICAL, ERROR, LOG_TAIL_BYTES, ONE_SESSION } from "./logWords.ts";
import { scannedByHand } from "./scanLogByHand.ts";

type Args = z.output<typeof postgresScanLog.args>;

/** What a log's lines hold; pure, so that it can be told without a log. Throws where a pattern takes too long. */
export function judgeLines(lines: readonly string[], benign: readonly RegExp[]) {
  const counted = linesWithout(
    lines.filter((line) => ERROR.test(line)),
    benign,
  );
  const critical = counted.filter((line) => CRITICAL.test(line) || (/\bFATAL\b/.test(line) && !ONE_SESSION.test(line)));
  return { errors: counted, critical };
}

/** `postgres.scanLog`. */
export const postgresScanLogAction = observing(postgresScanLog, {
  plan: (args) => [
    noteOf(
      `look for errors in ${args.log === "container" ? args.container : args.path || args.cluster.logFile || args.cluster.container}`,
      scannedByHand(args),
    ),
  ],
  run: async (args, context) => {
    const since = args.since > 0 ? args.since : context.now() - args.lookBackMs;
    const text = await logText(args, since, context);
    const lines = since === 0 ? text.split("\n") : linesSince(text.split("\n"), since, await zoneOf(args));
    const { errors, critical } = judgeLines(
      lines,
      args.benign.map((pattern) => new RegExp(pattern, "u")),
    );
    const minutes = Math.max(1, (context.now() - since) / 60_000);
    return {
      ok: critical.length === 0,
      lines_count: lines.length,
      errors_count: errors.length,
      critical_count: critical.length,
      errors_per_minute: errors.length / minutes,
      errors: [...critical, ...errors.filter((line) => !critical.includes(line))]
        .slice(0, 20)
        .map((line) => toSafeText(Buffer.from(line)).slice(0, 400)),
    };
  },
});

/** Lines from the first that is young enough; lines without a moment belong to the one before. */
function linesSince(lines: readonly string[], since: number, zone: string): readonly string[] {
  const first = lines.findIndex((line) => (momentOf(line, zone) ?? -1) >= since);
  return first === -1 ? [] : lines.slice(first);
}

/** The zone that the log is written in: PostgreSQL has a setting for it, others go by the host. */
async function zoneOf({ log, cluster }: Args): Promise<string> {
  if (log !== "postgres") return hostZone();
  const asked = withClient(cluster, async (client) => {
    const { rows } = await client.query<{ zone: string }>("select current_setting('log_timezone') as zone");
    return rows[0]?.zone ?? "UTC";
  });
  return asked.catch(() => hostZone());
}

async function logText(args: Args, since: number, context: ActionContext): Promise<string> {
  const container = args.log === "container" ? args.container : args.log === "postgres" ? args.cluster.container : "";
  if (container !== "") {
    const { stdout, stderrTail } = await context.program({
      ...dockerLogsCall(container, Math.floor(since / 1000)),
      stdout: { to: "callbacks" },
      captureBytes: LOG_TAIL_BYTES,
    });
    return `${stdout.toString()}\n${stderrTail.toString()}`;
  }
  return tailOf(args.log === "file" ? args.path : args.cluster.logFile);
}

async function tailOf(path: string): Promise<string> {
  if (path === "") return "";
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return "";
  try {
    const { size } = await file.stat();
    const length = Math.min(size, LOG_TAIL_BYTES);
    const bytes = Buffer.alloc(length);
    await file.read(bytes, 0, length, size - length);
    return bytes.toString();
  } finally {
    await file.close();
  }
}
