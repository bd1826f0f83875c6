import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type pg from "pg";
import { verifyExport } from "../../domain/chain/verifyExport.ts";
import { RunId, TaskId } from "../../domain/ids.ts";
import type { LoggedEvent } from "../../domain/run/events.ts";
import { Instant } from "../../domain/time.ts";
import { agentPaths, mustRun } from "../../scripts/demo/agentOnHost.ts";
import type { SampleHost } from "../../scripts/demo/sampleHost.ts";
import { projectRoot } from "../../scripts/projectFiles.ts";
import { readEvents } from "../../server/db/eventLog.ts";
import { readOutput } from "../../server/db/outputPieces.ts";
import { exportRun } from "../../server/db/runExport.ts";
import { sha256 } from "../../server/db/sha256.ts";

/** Length and digest of a task's whole output. */
interface Digested {
  readonly bytes: number;
  readonly sha256: string;
}

/** The log of a run: no gap, no repeat, every link right, every event possible after those before it, every decision anchored. */
export async function proveLog(db: pg.Pool, run: string): Promise<readonly LoggedEvent[]> {
  const runId = RunId.parse(run);
  const log = await readEvents(db, runId);
  assert.deepEqual(
    log.map(({ seq }) => seq),
    log.map((_, at) => at + 1),
  );
  const file = await exportRun(db, runId, { rpId: "localhost", origins: [] }, Instant.parse(Date.now()));
  const verified = verifyExport(Buffer.from(file ?? ""), sha256);
  assert.ok(verified.ok, JSON.stringify(verified));
  return log;
}

/** Each task was ordered once, accepted once and ended once; answers how many there were. */
export function proveTasksOnce(log: readonly LoggedEvent[]): number {
  const ids = (type: "taskOrdered" | "taskAccepted" | "taskEnded") =>
    log.flatMap(({ event }) => (event.type === type ? [event.taskId as string] : [])).sort();
  const ordered = ids("taskOrdered");
  assert.equal(new Set(ordered).size, ordered.length);
  for (const type of ["taskAccepted", "taskEnded"] as const) {
    const told = ids(type);
    const odd = [...ordered.filter((id) => !told.includes(id)), ...told.filter((id, at) => told.indexOf(id) !== at)];
    const about = log.filter(({ event }) => "taskId" in event && odd.includes(event.taskId));
    assert.deepEqual(odd, [], `not ${type} once: ${JSON.stringify(about)}`);
    assert.equal(told.length, ordered.length);
  }
  return ordered.length;
}

/** What a host's spools hold of tasks, by task. The oldest are swept. */
async function spoolsOf(host: SampleHost): Promise<Readonly<Record<string, Digested>>> {
  const program = `${host.see(projectRoot)}/tests/support/programs/digestSpools.ts`;
  const printed = await mustRun(host, `${host.see(process.execPath)} ${program} ${agentPaths(host).state}/spool`);
  return JSON.parse(printed);
}

/** What the server has of a task's output. One piece begins where the one before it ended. */
async function storedOutput(db: pg.Pool, taskId: TaskId): Promise<Buffer> {
  const pieces = await readOutput(db, taskId, 0, Number.MAX_SAFE_INTEGER);
  let end = 0;
  for (const piece of pieces) {
    assert.equal(piece.offset, end);
    end += piece.bytes.length;
  }
  return Buffer.concat(pieces.map((piece) => piece.bytes));
}

const digestOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/**
 * What the server has of each task's output is, byte for byte, what the host's spool has. Answers of how many tasks that could be
 * told: the oldest spools are swept.
 */
export async function proveOutput(
  db: pg.Pool,
  host: SampleHost,
  log: readonly LoggedEvent[],
): Promise<readonly string[]> {
  const spools = await spoolsOf(host);
  const ours = log.flatMap(({ event }) => (event.type === "taskEnded" ? [event] : []));
  const told = ours.filter(({ taskId }) => spools[taskId] !== undefined);
  for (const { taskId, report } of told) {
    const bytes = await storedOutput(db, TaskId.parse(taskId));
    const stored: Digested = { bytes: bytes.length, sha256: digestOf(bytes) };
    assert.deepEqual({ taskId, ...stored }, { taskId, ...spools[taskId] });
    assert.equal(stored.bytes, report.outputBytes);
    if (report.outputSha256 !== undefined) assert.equal(stored.sha256, report.outputSha256);
  }
  return told.map(({ taskId }) => taskId);
}

/**
 * Counts bytes of output that the server has fewer (lost) or more (doubled) of than the host's spool. Of a task that a power cut ended the
 * server may rightly have more: what the host had sent and not yet written out. All else that differs throws.
 */
export async function compareOutput(
  db: pg.Pool,
  host: SampleHost,
  log: readonly LoggedEvent[],
): Promise<{ readonly lostBytes: number; readonly doubledBytes: number }> {
  const spools = await spoolsOf(host);
  const wasRebooted = log.some(({ event }) => event.type === "hostRebooted");
  let [lostBytes, doubledBytes] = [0, 0];
  for (const { event } of log) {
    if (event.type !== "taskEnded") continue;
    const spool = spools[event.taskId];
    if (spool === undefined) continue;
    const stored = await storedOutput(db, TaskId.parse(event.taskId));
    lostBytes += Math.max(0, spool.bytes - stored.length);
    if (stored.length < spool.bytes) continue;
    assert.equal(digestOf(stored.subarray(0, spool.bytes)), spool.sha256, `the output of ${event.taskId}`);
    const isCutOff = wasRebooted && event.report.outcome === "unknown";
    if (!isCutOff) doubledBytes += stored.length - spool.bytes;
  }
  return { lostBytes, doubledBytes };
}
