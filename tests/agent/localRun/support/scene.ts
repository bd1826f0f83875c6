import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { writeEnrolment } from "../../../../agent/enrol/enrolment.ts";
import { machineId } from "../../../../agent/enrol/machineId.ts";
import { createIdentity } from "../../../../agent/identity.ts";
import { openStateDirectory } from "../../../../agent/stateDirectory.ts";
import { HostId, StepId } from "../../../../domain/ids.ts";
import { Instant } from "../../../../domain/time.ts";
import type { SoftwarePasskey } from "../../../../scripts/demo/softwarePasskey.ts";
import { openState } from "../../../../server/stateFiles.ts";
import { useTestDatabase } from "../../../support/database.ts";
import { driveRun } from "../../../support/drivenRun.ts";
import { addPerson, SITE } from "../../../support/house.ts";
import type { LinkProxy } from "../../../support/proxy.ts";
import { startProxy } from "../../../support/proxy.ts";
import { makeRun } from "../../../support/runRows.ts";
import type { ServerProcess } from "../../../support/serverProcess.ts";
import { freePort, startServerProcess } from "../../../support/serverProcess.ts";
import type { SshKey } from "../../../support/sshKeys.ts";
import { makeSshKey } from "../../../support/sshKeys.ts";
import { compiled } from "../../link/support/decided.ts";
import type { Host } from "../../link/support/host.ts";
import { makeHost } from "../../link/support/host.ts";

const RUNBOOK = readFileSync(new URL("carry.yaml", import.meta.url), "utf8");

/** The same with a gate for people behind the copy. */
const WITH_GATE = RUNBOOK.replace(
  "      - { id: last,",
  `      - id: people-look
        title: People look
        lasts: 1m
        gate:
          title: Users come back
          opensBy: people
          quorum: { of: [approvers], atLeast: 1 }
          criteria: [ { id: all, title: All were copied, expr: facts.copied.files_count >= 1 } ]
          onNoGo: rollback
      - { id: last,`,
);

/**
 * For a test file about runs that a host carries on: a real server that can be killed, on a real database, and for each test a host
 * with a real agent, linked through a proxy, with a run of carry.yaml.
 */
export function useScene() {
  const database = useTestDatabase(6);
  const stateDirectory = mkdtempSync(join(tmpdir(), "slackwater-local-"));
  const now: {
    server?: ServerProcess;
    host?: Host;
    proxy?: LinkProxy;
    anna?: SoftwarePasskey;
    key?: SshKey & { readonly file: string };
    port: number;
  } = { port: 0 };

  const startServer = async (): Promise<void> => {
    now.server = await startServerProcess({
      PORT: String(now.port),
      APP_URL: SITE.origin,
      DATABASE_URL: database.appUrl,
      DATABASE_OWNER_URL: database.ownerUrl,
      STATE_DIRECTORY: stateDirectory,
      LEASE_MS: "800",
    });
  };
  beforeAll(async () => {
    now.port = await freePort();
    await startServer();
    now.anna = await addPerson(database.db.pool, "anna", "approver");
    await database.db.pool.query(`update "user" set groups = '{approvers}' where id = 'anna'`);
    now.key = makeSshKey(stateDirectory, "anna");
    await database.db.pool.query(
      `insert into ssh_key (id, user_id, name, public_key) values ('key', 'anna', 'laptop', $1)`,
      [now.key.publicKey],
    );
    await addPerson(database.db.pool, "olga", "operator");
  });
  afterAll(async () => {
    await now.server?.stop();
    rmSync(stateDirectory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    now.host = makeHost();
    now.proxy = await startProxy({ port: now.port });
  });
  afterEach(async () => {
    await now.host?.clean();
    await now.proxy?.close();
  });
  const there = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error("it is there only inside tests");
    return value;
  };

  return {
    pool: () => database.db.pool,
    host: () => there(now.host),
    proxy: () => there(now.proxy),
    server: () => there(now.server),
    /** Anna's SSH key, which the server and every host know. */
    key: () => there(now.key),
    startServer,
    /** A run of carry.yaml on this host with a real agent, approved by Anna and started by Olga; its first task runs. */
    async startedRun({ withGate = false } = {}) {
      const text = withGate ? WITH_GATE : RUNBOOK;
      const { pool } = database.db;
      const host = there(now.host);
      const anna = there(now.anna);
      const stateDir = openStateDirectory(host.stateDir, process.getuid?.() ?? 0);
      const identity = createIdentity(stateDir);
      const hostId = HostId.parse(randomUUID());
      writeEnrolment(stateDir, {
        version: 1,
        server: `http://127.0.0.1:${there(now.proxy).port}`,
        hostId,
        serverKey: openState(stateDirectory).signer.publicKey,
        enrolledAt: Instant.parse(Date.now()),
      });
      await pool.query(
        `insert into host (id, name, public_key, fingerprint, machine_id, agent_version, enrolled_by)
         values ($1, $2, $3, $4, $5, '0.1.0', 'admin')`,
        [hostId, `pdx-${hostId.slice(0, 8)}`, identity.publicKey, identity.fingerprint, machineId(stateDir)],
      );
      const { credentialId, publicKey } = anna;
      const site = { rpId: SITE.rpId, origins: [SITE.origin] };
      host.configure({
        approvers: [
          { user: "anna", groups: ["approvers"], credentialId, publicKey, ...site, software: true },
          { user: "anna", groups: ["approvers"], sshKey: there(now.key).publicKey, software: true },
        ],
      });
      mkdirSync(join(host.room, "old"));
      const run = await makeRun(pool, {
        hostId,
        fingerprint: identity.fingerprint,
        runbookText: text,
        executableDigest: compiled(text).digests.executable,
        parameters: { source: join(host.room, "old"), target: join(host.room, "new") },
        requestedBy: ["owner"],
      });
      const agent = await host.start();
      const drive = driveRun(pool, run.runId);
      await drive.order({ order: "measure", itemIds: [StepId.parse("list")] });
      await drive.reaches((state) => state.steps[StepId.parse("list")]?.stage === "done", 20_000);
      await drive.order({ order: "askApproval" });
      const signed = await drive.statementSignedBy(anna, "anna");
      const approved = await drive.order(signed, { userId: "anna", role: "approver", groups: ["approvers"] });
      expect(approved).toMatchObject({ accepted: true });
      expect(await drive.order({ order: "start" })).toMatchObject({ accepted: true });
      await drive.reaches((state) => Object.values(state.tasks).some(({ stage }) => stage === "accepted"));
      const pack = join(host.stateDir, "packs", run.runId);
      const packedEvents = () => readFileSync(join(pack, "log.jsonl"), "utf8").split("\n").length - 1;
      await expect.poll(async () => packedEvents() === (await drive.read()).head.seq, { timeout: 10_000 }).toBe(true);
      /** Lets the task that runs come to its end. */
      const letItEnd = () => writeFileSync(join(host.room, "old", "go"), "");
      return { ...run, hostId, drive, agent, pack, letItEnd };
    },
  };
}
