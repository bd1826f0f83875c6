import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GateId, StepId } from "../../domain/ids.ts";
import { untilRun } from "../../scripts/demo/watchRun.ts";
import type { TestCluster } from "../agent/actions/support/cluster.ts";
import { makeCluster } from "../agent/actions/support/cluster.ts";
import type { Host } from "../agent/link/support/host.ts";
import { makeHost } from "../agent/link/support/host.ts";
import { proveLog } from "../support/logProof.ts";
import type { WindowHouse } from "../support/windowHouse.ts";
import { openWindowHouse } from "../support/windowHouse.ts";
import { connectHost, pinnedApprovers, recordRunbook } from "./support/houseHost.ts";

/** From planning to the end of the window (ms). The move takes a third of it, and two thirds on a busy machine. */
const WINDOW_MS = 45_000;

let folder: string;
let house: WindowHouse;
let host: Host;
let database: TestCluster;
let target: string;
let isWell = true;
const alarm = createServer((_, response) => response.writeHead(isWell ? 200 : 500).end());

beforeAll(async () => {
  folder = realpathSync(mkdtempSync("/tmp/slackwater-asleep-"));
  house = await openWindowHouse(folder);
  host = makeHost();
  chmodSync(host.base, 0o711); // PostgreSQL's account has to get through
  database = await makeCluster(host.room);
  await database.start();
  await new Promise<void>((resolve) => alarm.listen(0, "127.0.0.1", resolve));
  target = join(host.room, "sample", "moved");
  const approvers = await pinnedApprovers(house);
  const { cluster } = database;
  host.configure({
    actions: ["traffic.*", "postgres.*", "files.*", "http.check"],
    roots: {
      read: [cluster.binDirectory],
      write: [host.room],
      trustedOwners: [cluster.owner.uid],
    },
    databases: [{ host: cluster.socketDirectory, port: cluster.port, names: ["*"] }],
    http: ["127.0.0.1:*"],
    approvers,
  });
}, 120_000);
// Each by itself, so that one that fails keeps none of the others from ending; the last comes first.
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => house?.close());
afterAll(() => host?.clean());
afterAll(() => database?.stop());
afterAll(() => void alarm.close());

async function plannedWindow(hostId: string): Promise<string> {
  const text = readFileSync(join(import.meta.dirname, "support/move-cluster.yaml"), "utf8");
  const runbookDigest = await recordRunbook(text);
  const { cluster } = database;
  const now = Date.now();
  const { runId } = await house.people.operator.post<{ runId: string }>("/api/windows", {
    title: "Move a cluster at night",
    serviceId: house.seeded.serviceId,
    type: "routine",
    startsAt: now - 1000,
    endsAt: now + WINDOW_MS,
    zone: "Europe/Berlin",
    runbookDigest,
    hosts: { db: hostId },
    parameters: {
      bin_dir: cluster.binDirectory,
      data_dir: cluster.dataDirectory,
      config_file: cluster.configFile,
      log_file: cluster.logPath,
      socket_dir: cluster.socketDirectory,
      os_user: cluster.owner.name,
      port: cluster.port,
      database: cluster.database,
      target,
      alarm_url: `http://127.0.0.1:${(alarm.address() as AddressInfo).port}/`,
    },
  });
  return runId;
}

test("a trigger that fires after the window's end brings the database back, with every approver asleep", async () => {
  const runId = await plannedWindow(await connectHost(house, host, "night"));
  const { operator, approver, starter, passkey } = house.people;
  await operator.order(runId, { order: "measure", itemIds: [StepId.parse("look")] });
  const until = (what: string, holds: Parameters<typeof untilRun>[3]) => untilRun(starter, runId, what, holds, 60_000);
  await until("Measuring", ({ checklist }) => checklist[0]?.items[0]?.state === "done");
  await operator.order(runId, { order: "askApproval" });
  await approver.decide(runId, GateId.parse("go"), "GO", passkey);
  await until("The GO", ({ stage }) => stage === "ready");
  await starter.order(runId, { order: "start" });
  await until("The move", ({ steps }) => steps.some(({ id, stage }) => id === "watch" && stage === "waiting"));

  // Nobody who decides is there any more: their sessions are ended, and no order of a person follows.
  await house.db.query(`delete from session using "user" where "user".id = user_id and role = 'approver'`);
  const log = () => proveLog(house.db, runId);
  const endsAt = (await log()).flatMap(({ event }) => (event.type === "runCreated" ? [event.windowEndsAt] : []))[0]!;
  await expect.poll(() => Date.now() - endsAt, { timeout: 60_000, interval: 200 }).toBeGreaterThan(6_000);
  isWell = false;
  // Until then it is held: a rollback would not end before the window does, and nobody is there to be asked.
  const ended = await until("The way back", ({ stage }) => stage === "ended");

  expect(ended.outcome).toBe("rolledBack");
  const afterTheEnd = (await log()).filter(({ at }) => at > endsAt);
  const told = afterTheEnd.map(({ event }) => event);
  expect(told.filter((event) => "by" in event)).toEqual([]);
  expect(told.find(({ type }) => type === "rollbackBegan")).toMatchObject({ cause: "trigger" });
  const ordered = told.flatMap((event) => (event.type === "taskOrdered" ? [event.action] : []));
  // Stopping is of class change: the GO of the evening covers it until the rollback's own latest end.
  expect(ordered).toEqual(["postgres.stop", "postgres.pointBack", "postgres.start", "traffic.start"]);
  expect(readFileSync(database.cluster.configFile, "utf8")).toContain(`'${database.cluster.dataDirectory}'`);
  expect(await whatTheServiceSees()).toEqual({ data_directory: database.cluster.dataDirectory, has_rows: true });
}, 180_000);

/** As the service's own client: not through Slackwater. */
async function whatTheServiceSees(): Promise<unknown> {
  const { socketDirectory, port, database: name, superuser } = database.cluster;
  const client = new pg.Client({ host: socketDirectory, port, database: name, user: superuser });
  await client.connect();
  try {
    const { rows } = await client.query(
      "select current_setting('data_directory') as data_directory, count(*) > 0 as has_rows from operations",
    );
    return rows[0];
  } finally {
    await client.end();
  }
}
