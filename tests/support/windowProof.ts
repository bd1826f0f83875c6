import { createHash } from "node:crypto";
import type pg from "pg";
import { expect } from "vitest";
import { verifyExport } from "../../domain/chain/verifyExport.ts";
import { RunId, TaskId } from "../../domain/ids.ts";
import type { LoggedEvent } from "../../domain/run/events.ts";
import { Instant } from "../../domain/time.ts";
import { agentPaths, mustRun } from "../../scripts/demo/agentOnHost.ts";
import type { SampleHost } from "../../scripts/demo/sampleHost.ts";
import type { Guest } from "../../scripts/guest/guest.ts";
import { projectRoot } from "../../scripts/projectFiles.ts";
import { readEvents } from "../../server/db/eventLog.ts";
import { readOutput } from "../../server/db/outputPieces.ts";
import { exportRun } from "../../server/db/runExport.ts";
import { sha256 } from "../../server/db/sha256.ts";
import { checkWrites, sql } from "../guest/support/sampleGuest.ts";

/** Length and digest of a task's whole output. */
interface Digested {
  readonly bytes: number;
  readonly sha256: string;
}

/** The log of a run: no gap, no repeat, every link right, every event possible after those before it, every decision anchored. */
export async function proveLog(db: pg.Pool, run: string): Promise<readonly LoggedEvent[]> {
  const runId = RunId.parse(run);
  const log = await readEvents(db, runId);
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, at) => at + 1));
  const file = await exportRun(db, runId, { rpId: "localhost", origins: [] }, Instant.parse(Date.now()));
  expect(verifyExport(Buffer.from(file ?? ""), sha256)).toMatchObject({ ok: true });
  return log;
}

/** Each task was ordered once, accepted once and ended once; answers how many there were. */
export function proveTasksOnce(log: readonly LoggedEvent[]): number {
  const ids = (type: "taskOrdered" | "taskAccepted" | "taskEnded") =>
    log.flatMap(({ event }) => (event.type === type ? [event.taskId as string] : [])).sort();
  const ordered = ids("taskOrdered");
  expect(new Set(ordered).size).toBe(ordered.length);
  expect(ids("taskAccepted")).toEqual(ordered);
  expect(ids("taskEnded")).toEqual(ordered);
  return ordered.length;
}

/**
 * What the server has of each task's output is, byte for byte, what the host's spool has. Answers of how many tasks that could be
 * told: the oldest spools are swept.
 */
export async function proveOutput(
  db: pg.Pool,
  host: SampleHost,
  log: readonly LoggedEvent[],
): Promise<readonly string[]> {
  const program = `${host.see(projectRoot)}/tests/support/programs/digestSpools.ts`;
  const printed = await mustRun(host, `${host.see(process.execPath)} ${program} ${agentPaths(host).state}/spool`);
  const spools = JSON.parse(printed) as Record<string, Digested>;
  const ours = log.flatMap(({ event }) => (event.type === "taskEnded" ? [event] : []));
  const told = ours.filter(({ taskId }) => spools[taskId] !== undefined);
  for (const { taskId, report } of told) {
    const pieces = await readOutput(db, TaskId.parse(taskId), 0, Number.MAX_SAFE_INTEGER);
    const bytes = Buffer.concat(pieces.map((piece) => piece.bytes));
    const stored: Digested = { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
    expect({ taskId, ...stored }).toEqual({ taskId, ...spools[taskId] });
    expect(stored.bytes).toBe(report.outputBytes);
    // One piece begins where the one before it ended.
    let end = 0;
    for (const piece of pieces) {
      expect(piece.offset).toBe(end);
      end += piece.bytes.length;
    }
  }
  return told.map(({ taskId }) => taskId);
}

/**
 * Looks at the guest's database itself: no write that the service ever acknowledged is missing, the client is still writing, and
 * what it writes now is kept too. Answers where the database lies.
 */
export async function proveWrites(guest: Guest): Promise<string> {
  const { acceptedCount, missingCount } = await checkWrites(guest);
  expect(missingCount).toBe(0);
  let now = await checkWrites(guest);
  for (const until = Date.now() + 60_000; now.acceptedCount < acceptedCount + 3 && Date.now() < until; )
    now = await checkWrites(guest);
  expect(now.acceptedCount).toBeGreaterThanOrEqual(acceptedCount + 3);
  expect(now.missingCount).toBe(0);
  expect(now.storedCount).toBeGreaterThanOrEqual(now.acceptedCount);
  return sql(guest, "show data_directory");
}
