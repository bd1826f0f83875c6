import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GateId, StepId } from "../../domain/ids.ts";
import type { RunView } from "../../protocol/http/runs.ts";
import { untilRun } from "../../scripts/demo/watchRun.ts";
import type { Host } from "../agent/link/support/host.ts";
import { makeHost } from "../agent/link/support/host.ts";
import { proveLog } from "../support/logProof.ts";
import type { WindowHouse } from "../support/windowHouse.ts";
import { openWindowHouse } from "../support/windowHouse.ts";
import { connectHost, pinnedApprovers, recordRunbook } from "./support/houseHost.ts";

/** Each takes about three seconds at the rate that the runbook allows. */
const COPY_BYTES = 3 * 2 ** 20;

let folder: string;
let house: WindowHouse;
let host: Host;
const at = (...names: string[]) => join(host.room, ...names);

beforeAll(async () => {
  folder = realpathSync(mkdtempSync("/tmp/slackwater-branches-"));
  house = await openWindowHouse(folder);
  host = makeHost();
  for (const name of ["pictures", "letters", "new"]) mkdirSync(at(name));
  writeFileSync(at("pictures", "one"), randomBytes(COPY_BYTES));
  writeFileSync(at("letters", "one"), randomBytes(COPY_BYTES));
  const approvers = await pinnedApprovers(house);
  host.configure({ actions: ["files.*"], roots: { read: [host.room], write: [host.room] }, approvers });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => house?.close());
afterAll(() => host?.clean());

async function startedRun(): Promise<string> {
  const { operator, approver, starter, passkey } = house.people;
  const hostId = await connectHost(house, host, "both");
  const text = readFileSync(join(import.meta.dirname, "support/two-branches.yaml"), "utf8");
  const runbookDigest = await recordRunbook(text);
  const now = Date.now();
  const { runId } = await operator.post<{ runId: string }>("/api/windows", {
    title: "Copy two directories",
    serviceId: house.seeded.serviceId,
    type: "routine",
    startsAt: now - 1000,
    endsAt: now + 3_600_000,
    zone: "Europe/Berlin",
    runbookDigest,
    hosts: { db: hostId },
    parameters: { room: host.room },
  });
  await operator.order(runId, { order: "askApproval" });
  await approver.decide(runId, GateId.parse("go"), "GO", passkey);
  await untilRun(starter, runId, "The GO", ({ stage }) => stage === "ready", 30_000);
  await starter.order(runId, { order: "start" });
  return runId;
}

const stagesOf = ({ steps }: RunView) => Object.fromEntries(steps.map(({ id, stage }) => [id, stage]));

test("two branches run at the same time on a real host; one that is stuck lets the other finish, and then holds the run", async () => {
  const runId = await startedRun();
  const { starter } = house.people;
  const until = (what: string, holds: (run: RunView) => boolean) => untilRun(starter, runId, what, holds, 60_000);

  const both = await until(
    "Both copies",
    ({ steps }) => steps.filter(({ progress }) => progress !== null).length === 2,
  );
  expect(stagesOf(both)).toMatchObject({ pictures: "running", letters: "running", "list-all": "planned" });
  expect(both.steps.map(({ branch }) => branch?.title ?? null)).toEqual([
    ...["Pictures", "Pictures", "Letters", "Letters"],
    null,
  ]);

  const held = await until("The hold", ({ stage }) => stage === "held");
  // One letter came, and two were expected; the pictures were carried to their end all the same.
  expect(held.hold).toMatchObject({ cause: "stepFailed", stepId: "list-letters" });
  expect(stagesOf(held)).toEqual({
    pictures: "done",
    "list-pictures": "done",
    letters: "done",
    "list-letters": "failed",
    "list-all": "planned",
  });

  writeFileSync(at("new", "letters", "two"), "The one that was missing.");
  await starter.order(runId, { order: "retry", stepId: StepId.parse("list-letters") });
  expect((await until("The end", ({ stage }) => stage === "ended")).outcome).toBe("completed");

  const log = (await proveLog(house.db, runId)).map(({ event }) => event);
  const orderOf = (type: string) =>
    log.flatMap((event) => (event.type === type && "stepId" in event ? [event.stepId] : []));
  expect(orderOf("taskOrdered").slice(0, 2)).toEqual(["pictures", "letters"]);
}, 180_000);
