import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { StepId } from "../../../domain/ids.ts";
import { Instant } from "../../../domain/time.ts";
import { verifyBytes } from "../../../server/cli/verify.ts";
import { exportRun } from "../../../server/db/runExport.ts";
import { SITE } from "../../support/house.ts";
import { nightlyTest } from "../../support/nightly.ts";
import { makeSshKey } from "../../support/sshKeys.ts";
import { useScene } from "./support/scene.ts";
import { sitDown } from "./support/typist.ts";

const scene = useScene();
const site = { rpId: SITE.rpId, origins: [SITE.origin] };

/** The record as an auditor gets it, held against the keys that the host's owner pinned and the host's own journal. */
async function verified(runId: never) {
  const text = await exportRun(scene.pool(), runId, site, Instant.parse(Date.now()));
  const journal = join(scene.host().stateDir, "journal", "journal.log");
  return verifyBytes(Buffer.from(text!), { anchors: [journal], approvers: [scene.host().configFile] });
}

/** Carries a run with a gate for people to that gate, at the terminal, without a server. */
async function atTheGate() {
  const run = await scene.startedRun({ withGate: true });
  await scene.server().kill();
  const typist = sitDown(scene.host(), run.pack);
  await typist.reads("Your name");
  typist.types("olga", "Window");
  await typist.reads("Taken over.");
  run.letItEnd();
  await typist.reads("By hand (operator)");
  typist.types("confirm", "yes", "confirm");
  await typist.reads("WAITS at Users come back: approvers sign there.");
  return { ...run, typist };
}

/** Asks for a statement at the terminal and gives back what would be signed. */
async function askedOf(typist: ReturnType<typeof sitDown>, approver: string, verdict: string): Promise<string> {
  typist.types("sign");
  await typist.reads("Who signs? One of: anna.");
  typist.types(approver, verdict);
  await typist.reads("would sign this:");
  await typist.reads("cat ");
  const path = await typist
    .reads(" | ssh-keygen -Y sign -n slackwater")
    .then(() => /cat (\S+) \|/.exec(typist.shown())?.[1]);
  return readFileSync(path!, "utf8");
}

test("the server is killed in the middle of a run, the host finishes it in a terminal, an approver signs there, and the record is whole afterwards", async () => {
  const { runId, drive, pack, agent, letItEnd } = await scene.startedRun({ withGate: true });
  const before = await drive.log();

  const early = sitDown(scene.host(), pack);
  await early.reads("Your name");
  early.types("olga");
  await early.reads("Type the title");
  early.types("Window");
  await early.reads("The server is there");
  expect(await early.ended).toBe(1);

  await scene.server().kill();
  const first = sitDown(scene.host(), runId);
  await first.reads("Your name");
  first.types("olga");
  await first.reads("Type the title of the window (Window)");
  first.types("Some other window");
  await first.reads("That is not its title. Nothing was done.");
  expect(await first.ended).toBe(1);
  expect(existsSync(join(pack, "local.jsonl"))).toBe(false);

  const second = sitDown(scene.host(), pack);
  await second.reads("Your name");
  second.types("olga", "Window");
  await second.reads("Taken over.");
  await second.reads("Running: Compare at length.");
  letItEnd();
  await second.reads("Announcement It moves is due. Copy it to users:");
  await second.reads("Service moves.");
  await second.reads("By hand (operator): Look at it. Open the page.");
  // A lost terminal and a killed agent stop nothing and repeat nothing.
  await second.kill();
  await agent.kill();
  await scene.host().start();
  const third = sitDown(scene.host(), pack);
  await third.reads("Your name");
  third.types("olga");
  await third.reads("By hand (operator): Look at it.");
  third.types("confirm");
  await third.reads("It works (yes or no): ");
  third.types("yes");
  await third.reads('Type "confirm" to do it: ');
  third.types("confirm");
  await third.reads("WAITS at Users come back: approvers sign there.");
  third.types("sign", "bob");
  await third.reads('"bob" is none of them. Nothing was done.');
  const text = await askedOf(third, "anna", "GO");
  expect(third.shown()).toMatch(/verdict {5}GO\n/);
  expect(third.shown()).toContain("All were copied");
  expect(JSON.parse(text)).toMatchObject({ verdict: "GO", gateId: "people-look", runId, approver: "anna" });
  const stranger = makeSshKey(scene.host().room, "stranger");
  third.types(...stranger.sign(text).split("\n"));
  await third.reads("It does not count on this host: agent.yaml pins no such SSH key for anna.");
  // One that was asked for before is not what is asked now.
  const again = await askedOf(third, "anna", "GO");
  third.types(...scene.key().sign(text).split("\n"));
  await third.reads("It does not count on this host");
  const last = await askedOf(third, "anna", "GO");
  expect(new Set([text, again, last]).size).toBe(3);
  third.types(...scene.key().sign(last).split("\n"));
  await third.reads("Signed GO.");
  await third.reads("The run is over: completed.");
  expect(await third.ended).toBe(0);
  expect(await drive.log()).toEqual(before);

  await scene.startServer();
  const state = await drive.reaches(({ stage, takenOver }) => stage === "ended" && takenOver === undefined, 20_000);
  expect(state.outcome).toBe("completed");
  const { lines, exitCode } = await verified(runId as never);
  const said = lines.join("\n");
  expect(said).toMatch(/decided by host \S+ by itself, by word of olga, signed as a whole with its key/);
  expect(said).toMatch(
    /GO at gate people-look by anna, signed with an SSH key in SOFTWARE .*, holds; made on event \d+/,
  );
  expect(exitCode).toBe(0);
  await expect.poll(() => existsSync(pack), { timeout: 10_000 }).toBe(false);
  const open = await scene.pool().query("select task_id from task where run_id = $1 and ended_at is null", [runId]);
  expect(open.rows).toEqual([]);
  const incidents = await scene.pool().query("select kind, detail from host_incident", []);
  expect(incidents.rows).toEqual([]);
  const ended = (await drive.log()).flatMap(({ event }) => (event.type === "taskEnded" ? [event.taskId] : []));
  expect(new Set(ended).size).toBe(ended.length);
}, 120_000);

nightlyTest(
  "a signature by a key that the server does not know is not taken: the run's record stays on the host, and both say so",
  async () => {
    const { typist, drive, pack } = await atTheGate();
    const text = await askedOf(typist, "anna", "NO-GO");
    typist.types(...scene.key().sign(text).split("\n"));
    await typist.reads("Signed NO-GO.");
    await typist.reads("The run is over: rolledBack.");
    expect(await typist.ended).toBe(0);
    await scene.pool().query("update ssh_key set user_id = 'olga'");
    try {
      await scene.startServer();
      const refused = () =>
        readdirSync(dirname(pack)).filter((name) => /^[0-9a-f-]{36}-refused-\d+\.jsonl$/.test(name));
      await expect.poll(refused, { timeout: 20_000 }).toHaveLength(1);
      expect((await drive.log()).some(({ event }) => event.type === "runGivenBack")).toBe(false);
    } finally {
      await scene.pool().query("update ssh_key set user_id = 'anna'");
    }
  },
  90_000,
);

nightlyTest(
  "what the server ordered while the network was gone counts for nothing once the host that carried on is heard",
  async () => {
    const { runId, drive, pack, letItEnd } = await scene.startedRun();
    scene.proxy().isolate();
    await expect
      .poll(async () => (await scene.host().cli("status")).out, { timeout: 15_000 })
      .toContain("link      connecting");
    expect(await drive.order({ order: "hold", reason: "We hear nothing of the host." })).toMatchObject({
      accepted: true,
    });
    const held = (await drive.read()).head.seq;

    const typist = sitDown(scene.host(), pack);
    await typist.reads("Your name");
    typist.types("olga", "Window");
    await typist.reads("Taken over.");
    letItEnd();
    await typist.reads("By hand (operator)");
    typist.types("roll back");
    await typist.reads("can't be done now");
    scene.proxy().heal();
    // The server joins what was done, and from then on takes no orders for this run.
    await drive.reaches(({ takenOver }) => takenOver !== undefined, 15_000);
    expect(await drive.order({ order: "resume" })).toMatchObject({ accepted: false, because: "takenOver" });
    typist.types("give back", "give back");
    await typist.reads("The run is given back.");
    expect(await typist.ended).toBe(0);
    await drive.reaches(({ takenOver, stage }) => takenOver === undefined && stage === "running", 15_000);
    expect((await drive.log()).find(({ event }) => event.type === "runHeld")?.seq).toBe(held);
    const { lines, exitCode } = await verified(runId as never);
    expect(lines.join("\n")).toMatch(/count for nothing: the host had taken over from event \d+/);
    expect(exitCode).toBe(0);

    // Given back, the server goes on where the host stopped, with the same host.
    expect(
      await drive.order({ order: "confirmManual", stepId: "by-hand" as never, fields: { works: true } }),
    ).toMatchObject({
      accepted: true,
    });
    const state = await drive.reaches(({ stage }) => stage === "ended", 20_000);
    expect(state.outcome).toBe("completed");
  },
  90_000,
);

nightlyTest(
  "where the run was ended at the server meanwhile nothing is joined: both sides say so, and the host keeps its record",
  async () => {
    const { drive, pack, letItEnd } = await scene.startedRun();
    letItEnd();
    await drive.reaches(({ steps }) => steps[StepId.parse("by-hand")]?.stage === "waiting", 15_000);
    const head = (await drive.read()).head.seq;
    const packed = () => readFileSync(join(pack, "log.jsonl"), "utf8").split("\n").length - 1;
    await expect.poll(packed, { timeout: 10_000 }).toBe(head);
    scene.proxy().isolate();
    await expect
      .poll(async () => (await scene.host().cli("status")).out, { timeout: 15_000 })
      .toContain("link      connecting");
    await drive.order({ order: "hold", reason: "We hear nothing of the host." });
    await drive.order({ order: "abandon", reason: "It burnt down." });
    const typist = sitDown(scene.host(), pack);
    await typist.reads("Your name");
    typist.types("olga", "Window");
    await typist.reads("By hand (operator)");
    scene.proxy().heal();
    await expect
      .poll(async () => (await scene.host().cli("status")).out, { timeout: 15_000 })
      .toMatch(/local {5}run \S+: carried on by this host, REFUSED by the server/);
    typist.types("give back", "give back");
    await typist.reads("The run is given back.");
    expect(await typist.ended).toBe(0);
    const kept = readdirSync(dirname(pack)).filter((name) => /^[0-9a-f-]{36}-refused-\d+\.jsonl$/.test(name));
    expect(kept).toHaveLength(1);
    expect(readFileSync(join(dirname(pack), kept[0]!), "utf8")).toContain('"type":"runTakenOver"');
    expect((await drive.state()).outcome).toBe("abandoned");
    expect((await drive.types()).includes("runTakenOver")).toBe(false);
  },
  90_000,
);
