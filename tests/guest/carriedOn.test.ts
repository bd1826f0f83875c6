import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { GateId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import type { HostView } from "../../protocol/http/hosts.ts";
import type { RunView } from "../../protocol/http/runs.ts";
import { agentPaths } from "../../scripts/demo/agentOnHost.ts";
import { prepareRun } from "../../scripts/demo/prepare.ts";
import { proveFromOutside } from "../../scripts/demo/proveRun.ts";
import { samplePaths } from "../../scripts/demo/sample/sampleState.ts";
import { untilRun } from "../../scripts/demo/watchRun.ts";
import { projectRoot } from "../../scripts/projectFiles.ts";
import { verifyBytes } from "../../server/cli/verify.ts";
import { exportRun } from "../../server/db/runExport.ts";
import { proveLog, proveTasksOnce } from "../support/logProof.ts";
import { makeSshKey, registerSshKey } from "../support/sshKeys.ts";
import { waitUntil } from "../support/waitUntil.ts";
import type { WindowScene } from "../support/windowHost.ts";
import { openScene, planSampleWindow } from "../support/windowHost.ts";
import type { WindowHouse } from "../support/windowHouse.ts";
import { sitDownInGuest } from "./support/guestTerminal.ts";
import { describeNightly, guestFolder } from "./support/guestTest.ts";
import { SAMPLE_FOLDER } from "./support/sampleGuest.ts";

/** Slow enough that the server is gone in the middle of it (KiB per second). */
const COPY_KIB = 4_000;

// npm test has the same with a small runbook (tests/agent/localRun/carriedOn.test.ts); here it is the shipped one, on real dm-crypt.
describeNightly("the server, its database and the network are taken away in the middle of a migration", inGuest);

function inGuest(): void {
  const guests = guestFolder();
  let house: WindowHouse | undefined;
  let scene: WindowScene;
  let runId: string;
  let key: ReturnType<typeof makeSshKey>;

  beforeAll(async () => {
    scene = await openScene(guests, "carried-on", (opened) => {
      house = opened;
    });
    key = makeSshKey(guests.stateDirectory, "anna");
    await registerSshKey(scene.house.people.approver, "laptop", key);
    await pinKey(scene, key.publicKey);
    runId = await planSampleWindow(scene, { max_copy_kib: COPY_KIB });
  }, 600_000);
  afterAll(async () => house?.close());

  test("its host finishes it in a terminal, an approver signs there, and the record is whole when the server is back", async () => {
    const { people } = scene.house;
    await prepareRun({ ...people, writeDown: () => undefined }, runId, () => undefined);
    await people.operator.order(runId, { order: "askApproval" });
    await people.approver.decide(runId, GateId.parse("go"), "GO", people.passkey);
    await untilRun(people.operator, runId, "The GO", (run) => run.stage === "ready", 30_000);
    await people.starter.order(runId, { order: "start" });
    const copies = (run: RunView) => (run.steps.find(({ id }) => id === "copy")?.progress?.progress.done ?? 0) > 0;
    await untilRun(people.operator, runId, "The copy", copies, 900_000);
    const { title } = (await people.operator.run(runId)).run;

    await scene.house.killServer();
    killDatabase(guests.stateDirectory);
    await scene.guest.network("off");

    const paths = agentPaths(scene.host);
    const program = `${scene.host.see(process.execPath)} ${scene.host.see(projectRoot)}/agent/cli.ts`;
    const flags = `--state ${paths.state} --config ${paths.config}`;
    const terminal = await sitDownInGuest(scene.host, `${program} run --local ${paths.state}/packs/${runId} ${flags}`);
    await terminal.reads("Your name");
    await terminal.types("Oren Operator", title);
    await terminal.reads("Taken over.", 120_000);
    await terminal.reads("WAITS at", 900_000);
    await terminal.types("sign", "Anna Approver", "GO");
    const shown = await terminal.reads(" | ssh-keygen -Y sign -n slackwater");
    const file = /cat (\S+) \|/.exec(shown)?.[1] ?? "";
    await terminal.types(...key.sign(await scene.host.readText(file)).split("\n"));
    await terminal.reads("Signed GO.");
    await terminal.reads("The run is over: completed.", 300_000);

    await scene.guest.network("on");
    await scene.house.startServer();
    const joined = (run: RunView) => run.stage === "ended";
    const run = await untilRun(people.operator, runId, "The end of the run", joined, 180_000);
    expect(run.outcome).toBe("completed");
    const log = await proveLog(scene.house.db, runId);
    expect(proveTasksOnce(log)).toBeGreaterThan(40);
    expect(log.map(({ event }) => event.type)).toEqual(expect.arrayContaining(["runTakenOver", "runGivenBack"]));
    const proof = await proveFromOutside(scene.host, run, {
      root: projectRoot,
      node: process.execPath,
      statePath: samplePaths(SAMPLE_FOLDER).statePath,
    });
    expect(proof).toMatchObject({ rowsEqual: true, encrypted: "luks2" });
    const { lines, exitCode } = await verified(scene, runId, guests.stateDirectory);
    expect(lines.join("\n")).toMatch(/GO at gate users-gate by \S+, signed with an SSH key in SOFTWARE .*, holds/);
    expect(lines.join("\n")).toMatch(/were decided by host \S+ by itself/);
    expect(exitCode).toBe(0);
  }, 2_400_000);
}

/** Has the host's owner pin the approver's SSH key, and starts its agent anew. */
async function pinKey({ host, agent, house }: WindowScene, sshKey: string): Promise<void> {
  const { config } = agentPaths(host);
  const yaml = parse(await host.readText(config));
  const [passkey] = yaml.approvers;
  yaml.approvers.push({ user: passkey.user, groups: [...passkey.groups], sshKey, software: true });
  await host.writeText(config, stringify(yaml), 0o600);
  await agent.kill();
  await agent.start();
  const hosts = () => house.people.admin.get<readonly HostView[]>("/api/hosts");
  await waitUntil("the agent is back", async () => (await hosts()).every(({ connected }) => connected), 60_000);
}

/** Kills the server's own PostgreSQL as it stands, with all its processes. */
function killDatabase(folder: string): void {
  const found = execFileSync("find", [join(folder, "server"), "-name", "postmaster.pid"])
    .toString()
    .trim()
    .split("\n");
  expect(found).toHaveLength(1);
  process.kill(Number.parseInt(readFileSync(found[0]!, "utf8"), 10), "SIGKILL");
}

/** The record as an auditor gets it, held against the keys that the host's owner pinned and the host's own journal. */
async function verified({ host, house }: WindowScene, runId: string, folder: string) {
  const { rpId, origin } = house.site;
  const text = await exportRun(house.db, runId as never, { rpId, origins: [origin] }, Instant.parse(Date.now()));
  const { config, state } = agentPaths(host);
  const fetched = async (name: string, path: string) => {
    writeFileSync(join(folder, name), await host.readText(path));
    return join(folder, name);
  };
  return verifyBytes(Buffer.from(text!), {
    anchors: [await fetched("journal.log", `${state}/journal/journal.log`)],
    approvers: [await fetched("agent.yaml", config)],
  });
}
