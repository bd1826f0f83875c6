import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { writeEnrolment } from "../../../agent/enrol/enrolment.ts";
import { machineId } from "../../../agent/enrol/machineId.ts";
import { createIdentity } from "../../../agent/identity.ts";
import { openStateDirectory } from "../../../agent/stateDirectory.ts";
import type { TaskId } from "../../../domain/ids.ts";
import { HostId, StepId, taskIdOf } from "../../../domain/ids.ts";
import { Instant } from "../../../domain/time.ts";
import { unansweredInputs } from "../../../server/db/inputs.ts";
import { readOutput } from "../../../server/db/outputPieces.ts";
import { useTestDatabase } from "../../support/database.ts";
import type { TestGateway } from "../../support/gateway.ts";
import { startGateway } from "../../support/gateway.ts";
import { nightlyTest } from "../../support/nightly.ts";
import type { LinkProxy } from "../../support/proxy.ts";
import { startProxy } from "../../support/proxy.ts";
import { makeRun } from "../../support/runRows.ts";
import { SAMPLE } from "../../support/sampleRun.ts";
import type { Host } from "./support/host.ts";
import { makeHost } from "./support/host.ts";

const database = useTestDatabase();
let gateway: TestGateway;
let host: Host;
let proxy: LinkProxy;
beforeAll(async () => {
  gateway = await startGateway(database.appUrl);
});
afterAll(async () => gateway.close());
beforeEach(async () => {
  host = makeHost();
  proxy = await startProxy({ port: Number(new URL(gateway.url).port) });
});
afterEach(async () => {
  await host.clean();
  await proxy.close();
});

/** What the enrolment route and the agent's command write, on both sides. */
async function enrolled(): Promise<HostId> {
  const hostId = HostId.parse(randomUUID());
  const stateDir = openStateDirectory(host.stateDir, process.getuid?.() ?? 0);
  const identity = createIdentity(stateDir);
  const server = `http://127.0.0.1:${proxy.port}`;
  const enrolledAt = Instant.parse(Date.now());
  writeEnrolment(stateDir, { version: 1, server, hostId, serverKey: gateway.serverKey, enrolledAt });
  await database.db.pool.query(
    `insert into host (id, name, public_key, fingerprint, machine_id, agent_version, enrolled_by)
     values ($1, $2, $3, $4, $5, '0.1.0', 'admin')`,
    [hostId, `host-${hostId}`, identity.publicKey, identity.fingerprint, machineId(stateDir)],
  );
  return hostId;
}

async function ordered(hostId: HostId, action: string, args: object): Promise<TaskId> {
  const parameters = { from: "/srv/old", to: "/srv/new/data" };
  const run = await makeRun(database.db.pool, { hostId, runbookText: JSON.stringify(SAMPLE), parameters });
  const taskId = taskIdOf(run.runId, StepId.parse("copy"), 1);
  const order = { taskId, action, arguments: args, inspectFirst: false, withinMs: 60_000 };
  await database.db.pool.query(
    `insert into task (task_id, run_id, step_id, host_id, "order") values ($1, $2, 'copy', $3, $4)`,
    [taskId, run.runId, hostId, order],
  );
  return taskId;
}

async function outputOf(taskId: TaskId): Promise<string> {
  const pieces = await readOutput(database.db.pool, taskId, 0, 1e9);
  return Buffer.concat(pieces.map((part) => Buffer.from(part.bytes))).toString();
}

async function reportOf(taskId: TaskId): Promise<unknown> {
  const [runId = ""] = taskId.split(".");
  const inputs = await unansweredInputs(database.db.pool, runId as never);
  const ends = inputs.flatMap((input) =>
    input.kind === "report" && input.report.report === "taskEnded" ? [input.report] : [],
  );
  expect(ends.length).toBeLessThanOrEqual(1);
  return ends[0];
}

describe("the real agent at the real server", () => {
  nightlyTest("a cut link and a killed agent leave every line on record once, and one report", async () => {
    const hostId = await enrolled();
    const first = await host.start();
    const taskId = await ordered(hostId, "test.count", { to: 60, everySeconds: 0.1, exitCode: 0 });
    const lines = async () => (await outputOf(taskId)).match(/^line \d+$/gm) ?? [];
    await expect.poll(async () => (await lines()).length, { timeout: 15_000 }).toBeGreaterThan(3);
    proxy.cut();
    await sleep(1000);
    await first.kill();
    await sleep(500);
    await host.start();
    await expect
      .poll(() => reportOf(taskId), { timeout: 30_000 })
      .toMatchObject({
        report: "taskEnded",
        ended: { outcome: "succeeded" },
      });
    await expect.poll(async () => (await lines()).length, { timeout: 15_000 }).toBe(60);
    expect(await lines()).toEqual(Array.from({ length: 60 }, (_, i) => `line ${i + 1}`));
    const { rows } = await database.db.pool.query("select kind, detail from host_incident where host_id = $1", [
      hostId,
    ]);
    expect(rows).toEqual([]);
    expect(gateway.shown.some(({ frame }) => frame.type === "health")).toBe(true);
  });

  test("an order that changes the host without a decision is refused by the host, and that is on record", async () => {
    const hostId = await enrolled();
    await host.start();
    const taskId = await ordered(hostId, "files.copy", { from: host.room, to: `${host.room}/copy` });
    const refused = async () => {
      const [runId = ""] = taskId.split(".");
      return (await unansweredInputs(database.db.pool, runId as never)).flatMap((input) =>
        input.kind === "report" ? [input.report] : [],
      );
    };
    await expect
      .poll(refused, { timeout: 15_000 })
      .toMatchObject([{ report: "taskRefused", failure: { code: "notAuthorised" } }]);
  });
});
