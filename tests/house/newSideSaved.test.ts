import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GateId, StepId } from "../../domain/ids.ts";
import type { ReportView, RunView } from "../../protocol/http/runs.ts";
import { sealPassphrases } from "../../scripts/demo/prepare.ts";
import { untilRun } from "../../scripts/demo/watchRun.ts";
import type { TestCluster } from "../agent/actions/support/cluster.ts";
import { makeCluster } from "../agent/actions/support/cluster.ts";
import type { Host } from "../agent/link/support/host.ts";
import { makeHost } from "../agent/link/support/host.ts";
import { proveLog } from "../support/logProof.ts";
import type { WindowHouse } from "../support/windowHouse.ts";
import { openWindowHouse } from "../support/windowHouse.ts";
import { connectHost, pinnedApprovers, recordRunbook } from "./support/houseHost.ts";
import { moveWithNewSide } from "./support/withNewSide.ts";

const WORDS = "eight words that were written down by their holder";
const ROWS = 500;
const MARK = "written-on-the-new-side";

let folder: string;
let house: WindowHouse;
let host: Host;
let database: TestCluster;
let backups: string;
let isWell = true;
const alarm = createServer((_, response) => response.writeHead(isWell ? 200 : 500).end());

beforeAll(async () => {
  folder = realpathSync(mkdtempSync("/tmp/slackwater-saved-"));
  house = await openWindowHouse(folder);
  host = makeHost();
  chmodSync(host.base, 0o711); // PostgreSQL's account has to get through
  database = await makeCluster(host.room);
  await database.start();
  await new Promise<void>((resolve) => alarm.listen(0, "127.0.0.1", resolve));
  backups = join(host.room, "backups");
  const approvers = await pinnedApprovers(house);
  const { cluster } = database;
  host.configure({
    actions: ["traffic.*", "postgres.*", "files.*", "http.check", "backup.create"],
    roots: { read: [cluster.binDirectory], write: [host.room], trustedOwners: [cluster.owner.uid] },
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
  const runbookDigest = await recordRunbook(JSON.stringify(moveWithNewSide()));
  const { cluster } = database;
  const now = Date.now();
  const { runId } = await house.people.operator.post<{ runId: string }>("/api/windows", {
    ...{ title: "Move a cluster", serviceId: house.seeded.serviceId, type: "routine", zone: "Europe/Berlin" },
    ...{ startsAt: now - 1000, endsAt: now + 3_600_000, runbookDigest, hosts: { db: hostId } },
    parameters: {
      bin_dir: cluster.binDirectory,
      data_dir: cluster.dataDirectory,
      config_file: cluster.configFile,
      log_file: cluster.logPath,
      socket_dir: cluster.socketDirectory,
      os_user: cluster.owner.name,
      port: cluster.port,
      database: cluster.database,
      target: join(host.room, "sample", "moved"),
      backup_dir: backups,
      alarm_url: `http://127.0.0.1:${(alarm.address() as AddressInfo).port}/`,
    },
  });
  return runId;
}

/** As the service's own client: not through Slackwater. */
async function ask(sql: string, values: unknown[] = []): Promise<Record<string, unknown> | undefined> {
  const { socketDirectory, port, database: name, superuser } = database.cluster;
  const client = new pg.Client({ host: socketDirectory, port, database: name, user: superuser });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows[0];
  } finally {
    await client.end();
  }
}

const write = (rows: number, from = 1) =>
  ask(
    `insert into operations (user_id, client_id, client_seq, kind, entity_id, payload)
     select 1, $1, n, 'note', gen_random_uuid(), convert_to($1 || '-' || n, 'UTF8') from generate_series($2::int, $3::int) as n`,
    [MARK, from, from + rows - 1],
  );
const countOf = async (where = "true") =>
  Number((await ask(`select count(*) as rows from operations where ${where}`))?.rows);

/** The plain text of a dump, as somebody reads it who has the words and openssl, and no Slackwater. */
function opened(path: string): string {
  const words = ["enc", "-d", "-aes-256-cbc", "-pbkdf2", "-iter", "1000", "-md", "sha256", "-in", path];
  const done = spawnSync("openssl", [...words, "-pass", `pass:${WORDS}`], { maxBuffer: 2 ** 28 });
  if (done.status !== 0) throw new Error(done.stderr.toString());
  return gunzipSync(done.stdout).toString();
}

test("500 rows written after the switch make an automatic rollback ask, are told by table, and are in the saved dump and in the report", async () => {
  const runId = await plannedWindow(await connectHost(house, host, "saved"));
  const { operator, approver, starter, passkey } = house.people;
  const until = (what: string, holds: (view: RunView) => boolean) => untilRun(starter, runId, what, holds, 60_000);
  const before = await countOf();
  await operator.order(runId, { order: "measure", itemIds: [StepId.parse("look")] });
  await sealPassphrases({ ...house.people, say: () => undefined } as never, runId, new Map([["backup", WORDS]]));
  await until("Measuring", ({ checklist }) => checklist[0]?.items[0]?.state === "done");
  await operator.order(runId, { order: "askApproval" });
  await approver.decide(runId, GateId.parse("go"), "GO", passkey);
  await until("The GO", ({ stage }) => stage === "ready");
  await starter.order(runId, { order: "start" });
  await until("The move", ({ steps }) => steps.some(({ id, stage }) => id === "watch" && stage === "waiting"));
  await until("Nothing lost yet", ({ rollback }) => rollback.losesNothing);

  await write(ROWS);
  const counted = await until("The count", ({ rollback }) => rollback.loses?.includes(`${ROWS} operations`) === true);
  expect(counted.rollback.loses).toMatch(
    /^Loses 500 operations: Rows written since users were let back, the newest written at \d\d:\d\d:\d\d\.$/,
  );

  isWell = false;
  const held = await until("The hold", ({ stage }) => stage === "held");
  expect(held.hold).toMatchObject({ cause: "trigger", detail: expect.stringContaining("a person decides") });
  expect(held.rolledBack).toBeNull();
  // Some come in while people think.
  await write(3, ROWS + 1);
  await operator.order(runId, { order: "rollBack", reason: "The service is not well." });
  const ended = await until("The way back", ({ stage }) => stage === "ended");
  expect(ended.outcome).toBe("rolledBack");

  // The old side is as it was left, and what it does not have is in the dump.
  expect(await countOf()).toBe(before);
  expect(await countOf(`client_id = '${MARK}'`)).toBe(0);
  expect((await ask("show data_directory"))?.data_directory).toBe(database.cluster.dataDirectory);
  const path = ended.facts.find(({ name }) => name === "saved.path")?.text ?? "";
  expect(path).toMatch(/new-side-.*\.enc$/);
  const dumped = opened(path)
    .split("\n")
    .filter((line) => line.includes(`\t${MARK}\t`));
  expect(dumped.length).toBe(ROWS + 3);
  const log = await proveLog(house.db, runId);
  const order = log.flatMap(({ event }) =>
    event.type === "stepBegan" && event.section === "rollback" ? [event.stepId] : [],
  );
  expect(order).toEqual(["close-new", "save-new-side", "stop-new", "point-back", "start-old", "users-back"]);

  const left =
    /Left behind 503 operations: Rows written since users were let back, the newest written at \d\d:\d\d:\d\d\./;
  expect(ended.rolledBack?.left).toMatch(left);
  const report = await operator.get<ReportView>(`/api/runs/${runId}/report`);
  expect(report.markdown).toMatch(new RegExp(`\\*\\*ROLLED BACK\\*\\*: ${left.source}`));
  expect(report.markdown).toContain(path.split("/").at(-1)!.replaceAll("_", "\\_"));
}, 240_000);
