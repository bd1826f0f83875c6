import { randomBytes, randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { StepId, taskIdOf } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import { leaveText, rotateText } from "../../protocol/handshake.ts";
import { unansweredInputs } from "../../server/db/inputs.ts";
import { createEnrolment, enrolHost as enrol, revokeHost } from "../../server/hosts/commands.ts";
import { listIncidents } from "../../server/hosts/incidents.ts";
import { leaveHost } from "../../server/hosts/leave.ts";
import { listHosts } from "../../server/hosts/queries.ts";
import { rotateKey } from "../../server/hosts/rotateKey.ts";
import type { Settings } from "../../server/identity/settings.ts";
import { useTestDatabase } from "../support/database.ts";
import type { FakeHost } from "../support/fakeAgent.ts";
import { enrolHost, makeKey } from "../support/fakeAgent.ts";
import { makeRun } from "../support/runRows.ts";

const database = useTestDatabase();
const settings: Settings = {
  appUrl: "http://localhost:3000",
  databaseUrl: "unused",
  sessionSecret: "unused",
  stateDirectory: "unused",
  serverKey: randomBytes(32).toString("base64"),
  tlsPin: () => undefined,
  names: [{ rpId: "localhost", origin: "http://localhost:3000" }],
  origins: ["http://localhost:3000"],
  allowSoftwarePasskey: false,
  firstAdminCommand: "unused",
};

test("what a revoked host had been ordered counts as unknown, so that its run can be brought to an end", async () => {
  const { pool } = database.db;
  const host = await enrolHost(pool);
  const { runId } = await makeRun(pool, { hostId: host.hostId });
  const taskId = taskIdOf(runId, StepId.parse("copy"), 1);
  const order = { taskId, action: "files.copy", arguments: {}, inspectFirst: false, withinMs: 60_000 };
  await pool.query(
    `insert into task (task_id, run_id, step_id, host_id, "order", settled_at) values ($1, $2, 'copy', $3, $4, now())`,
    [taskId, runId, host.hostId, order],
  );
  expect(await revokeHost(database.db, host.hostId)).toBe(true);
  const report = { report: "taskEnded", taskId, ended: { outcome: "unknown" } };
  expect(await unansweredInputs(pool, runId)).toMatchObject([{ kind: "report", report }]);
  expect(await revokeHost(database.db, host.hostId)).toBe(false);
  expect(await unansweredInputs(pool, runId)).toHaveLength(1);
});

test("a host whose server was killed does not stay connected on the page", async () => {
  const { pool } = database.db;
  const host = await enrolHost(pool, "left-behind");
  const connected = async () => (await listHosts(database.db)).find(({ hostId }) => hostId === host.hostId)?.connected;
  await pool.query("update host set link_owner = 'a process', last_seen_at = now() where id = $1", [host.hostId]);
  expect(await connected()).toBe(true);
  await pool.query("update host set last_seen_at = now() - interval '11 seconds' where id = $1", [host.hostId]);
  expect(await connected()).toBe(false);
});

test("a machine that comes back with its revoked key is told what to do", async () => {
  const { prisma } = database.db;
  const admin = { userId: "admin", name: "Ada", email: "ada@example.org", role: "admin", groups: [] } as const;
  const publicKey = randomBytes(32).toString("base64");
  const machine = { publicKey, machineId: randomUUID(), hostname: "h", agentVersion: "0.1.0", os: "", arch: "" };
  const handIn = async () => {
    const { token } = await createEnrolment(prisma, settings, admin, "comes-back");
    return enrol(prisma, settings, { ...machine, token, actions: [] });
  };
  const first = await handIn();
  if (!("hostId" in first)) throw new Error(first.message);
  expect(await handIn()).toMatchObject({
    because: "machineKnown",
    message: expect.stringContaining("Revoke that host"),
  });
  await revokeHost(database.db, first.hostId);
  expect(await handIn()).toMatchObject({ because: "machineKnown", message: expect.stringContaining("--state") });
});

test("a host takes itself off the list with its own signature, fresh, and with nobody else's", async () => {
  const { pool } = database.db;
  const [host, other] = [await enrolHost(pool, "leaves"), await enrolHost(pool, "stays")];
  const now = Instant.parse(Date.now());
  const wish = (by: typeof host, at = now) => {
    const said = { hostId: host.hostId, at };
    return leaveHost(database.db, { ...said, signature: by.sign(leaveText(said)) }, now);
  };
  expect(await wish(other)).toMatchObject({ because: "signatureWrong" });
  expect(await wish(host, Instant.parse(now - 6 * 60_000))).toMatchObject({ because: "tooOld" });
  const names = async () => (await listHosts(database.db)).map(({ name }) => name);
  expect(await names()).toEqual(expect.arrayContaining(["leaves", "stays"]));
  expect(await wish(host)).toBeUndefined();
  expect(await wish(host)).toBeUndefined();
  expect(await names()).not.toContain("leaves");
  const incidents = await listIncidents(database.db.prisma, Date.now());
  expect(incidents.filter(({ hostId }) => hostId === host.hostId).map(({ kind }) => kind)).toEqual(["left"]);
});

type Key = Pick<FakeHost, "publicKey" | "fingerprint" | "sign">;

test("a host takes another key with the signatures of both, while no run names it by the old one", async () => {
  const { pool, prisma } = database.db;
  const [host, other, next] = [await enrolHost(pool, "rotates"), await enrolHost(pool, "other"), makeKey()];
  const now = Instant.parse(Date.now());
  const wish = (changes: { by?: FakeHost; to?: Key; proof?: Key; at?: Instant } = {}) => {
    const { by = host, to = next, proof = to, at = now } = changes;
    const said = { hostId: host.hostId, at, newKey: to.publicKey };
    const text = rotateText(said);
    return rotateKey(database.db, { ...said, signature: by.sign(text), proof: proof.sign(text) }, now);
  };
  expect(await wish({ by: other })).toMatchObject({ because: "signatureWrong" });
  expect(await wish({ proof: makeKey() })).toMatchObject({ because: "signatureWrong" });
  expect(await wish({ to: other })).toMatchObject({ because: "keyKnown" });
  expect(await wish({ at: Instant.parse(now - 6 * 60_000) })).toMatchObject({ because: "tooOld" });

  const { runId } = await makeRun(pool, { hostId: host.hostId });
  expect(await wish()).toMatchObject({ because: "windowOpen", message: expect.stringContaining(runId) });
  await pool.query("update run set stage = 'ended', ended_at = now() where id = $1", [runId]);

  expect(await wish()).toBeUndefined();
  // Its answer may have been lost: the same again is granted again, and nothing is done twice.
  expect(await wish()).toBeUndefined();
  // The old key changes nothing any more.
  expect(await wish({ to: makeKey() })).toMatchObject({ because: "signatureWrong" });
  const row = await prisma.host.findUniqueOrThrow({ where: { id: host.hostId } });
  expect(row).toMatchObject({ name: "rotates", publicKey: next.publicKey, fingerprint: next.fingerprint });
  const incidents = await listIncidents(prisma, Date.now());
  expect(incidents.filter(({ hostId }) => hostId === host.hostId).map(({ kind }) => kind)).toEqual(["keyRotated"]);
});
