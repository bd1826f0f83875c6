import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll } from "vitest";
import type { RunId, TaskId } from "../../domain/ids.ts";
import { StepId, taskIdOf } from "../../domain/ids.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import { Instant } from "../../domain/time.ts";
import { unansweredInputs } from "../../server/db/inputs.ts";
import { readOutput } from "../../server/db/outputPieces.ts";
import { useTestDatabase } from "./database.ts";
import type { FakeAgent, FakeHost, Hello } from "./fakeAgent.ts";
import { connectAgent, enrolHost } from "./fakeAgent.ts";
import type { TestGateway } from "./gateway.ts";
import { startGateway } from "./gateway.ts";
import { makeRun } from "./runRows.ts";
import { SAMPLE } from "./sampleRun.ts";
import { waitUntil } from "./waitUntil.ts";

/** For a test file about the agents' gateway: a database, the gateway on it, and short words for what such tests do. */
export function useAgentGateway() {
  const database = useTestDatabase();
  const started: { gateway?: TestGateway } = {};
  const open: FakeAgent[] = [];
  beforeAll(async () => {
    started.gateway = await startGateway(database.appUrl);
  });
  afterEach(() => {
    for (const agent of open.splice(0)) agent.cut();
  });
  afterAll(() => started.gateway?.close());
  const gateway = (): TestGateway => {
    if (!started.gateway) throw new Error("the gateway is there only inside hooks and tests");
    return started.gateway;
  };
  const addTask = async (runId: RunId, host: FakeHost, step: string): Promise<TaskId> => {
    const taskId = taskIdOf(runId, StepId.parse(step), 1);
    const order = { taskId, action: "files.copy", arguments: { from: "/a" }, inspectFirst: false, withinMs: 60_000 };
    await database.db.pool.query(
      `insert into task (task_id, run_id, step_id, host_id, "order") values ($1, $2, $3, $4, $5)`,
      [taskId, runId, step, host.hostId, order],
    );
    return taskId;
  };
  return {
    pool: () => database.db.pool,
    gateway,
    addTask,
    /** Remembered, so that its connection is cut when the test is over. */
    keep: (agent: FakeAgent): FakeAgent => {
      open.push(agent);
      return agent;
    },
    async connect(host: FakeHost, hello: Hello = {}): Promise<FakeAgent> {
      return this.keep(await connectAgent(gateway().agentUrl, host, hello));
    },
    /** A host with a run of the sample runbook, and a task in the outbox. */
    async withTask() {
      const { pool } = database.db;
      const host = await enrolHost(pool, `host-${randomUUID().slice(0, 8)}`);
      const run = await makeRun(pool, {
        hostId: host.hostId,
        fingerprint: host.fingerprint,
        runbookText: JSON.stringify(SAMPLE),
        parameters: { from: "/srv/old", to: "/srv/new/data" },
      });
      return { host, run, taskId: await addTask(run.runId, host, "copy") };
    },
    async outputOf(taskId: TaskId): Promise<Buffer> {
      const pieces = await readOutput(database.db.pool, taskId, 0, 1e9);
      return Buffer.concat(pieces.map((part) => Buffer.from(part.bytes)));
    },
    async incidents(host: FakeHost): Promise<string[]> {
      const text = "select kind from host_incident where host_id = $1";
      const { rows } = await database.db.pool.query<{ kind: string }>(text, [host.hostId]);
      return rows.map((row) => row.kind);
    },
    /** What the engine would be told of a run. */
    async reports(runId: RunId) {
      const inputs = await unansweredInputs(database.db.pool, runId);
      return inputs.map((input) => (input.kind === "report" ? input.report : input));
    },
  };
}

/** Now, as frames carry it. */
export const now = (): Instant => Instant.parse(Date.now());

/** A piece of a task's output. */
export function piece(taskId: TaskId, offset: number, bytes: Buffer) {
  return { type: "output", taskId, offset, bytes: bytes.toString("base64"), at: now() } as const;
}

/** A good end of a copy. */
export function succeeded(outputBytes = 0): TaskReport {
  return { outcome: "succeeded", startedAt: now(), endedAt: now(), outputBytes, result: { files_source: 1 } };
}

/** Waits until the server has acknowledged so much of the newest task's output. */
export async function acknowledgedUpTo(agent: FakeAgent, outputBytes: number): Promise<void> {
  await waitUntil(
    `${outputBytes} bytes acknowledged`,
    () => agent.heard.findLast((frame) => frame.type === "outputAcknowledged")?.outputBytes === outputBytes,
  );
}
