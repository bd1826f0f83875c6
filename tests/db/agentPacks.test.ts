import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { StepId } from "../../domain/ids.ts";
import type { LoggedEvent } from "../../domain/run/events.ts";
import { fold } from "../../domain/run/evolve.ts";
import { carryOut } from "../support/drivenRun.ts";
import type { FakeAgent } from "../support/fakeAgent.ts";
import { SHORT, useHouses } from "../support/useHouses.ts";

const all = useHouses();

/** What came to an agent of a run's log, in order. */
const packed = (agent: FakeAgent): LoggedEvent[] =>
  agent.heard.flatMap((frame) => (frame.type === "packEvents" ? frame.events : []));

test("a host holds the log of its run before each order that it gets, and after a cut only what is new is brought", async () => {
  const { agentUrl } = await all.house();
  const { host, drive, runId } = await all.sampleOn(SHORT);
  const agent = await all.connect(agentUrl, host, { newest: 2 });
  agent.send({ type: "packsHeld", packs: [] });
  await drive.approve(agent, all.anna());
  await expect.poll(async () => fold(packed(agent))?.stage).toBe("ready");
  const about = agent.heard.findLast((frame) => frame.type === "packAbout");
  expect(about).toMatchObject({ runId, about: { people: [{ userId: "anna", role: "approver" }] }, secrets: [] });
  await drive.order({ order: "start" });
  const { order } = await agent.next("task");
  expect(fold(packed(agent))?.tasks[order.taskId]?.stage).toBe("ordered");
  agent.cut();

  const log = packed(agent);
  const last = log.at(-1)!;
  const again = await all.connect(agentUrl, host, { newest: 2 });
  await sleep(300);
  expect(again.heard.map((frame) => frame.type)).not.toContain("task");
  const head = { seq: last.seq, hash: last.hash };
  again.send({ type: "packsHeld", packs: [{ runId, about: "a".repeat(64) as never, head }] });
  await carryOut(again);
  await drive.reaches((state) => state.steps[StepId.parse("prepare")]?.stage === "done");
  await expect.poll(() => packed(again).at(-1)?.seq).toBe((await drive.read()).head.seq);
  expect(packed(again)[0]?.seq).toBe(last.seq + 1);
  expect([...log, ...packed(again)]).toEqual(await drive.log());
});

test("a pack whose log is not the beginning of the server's is left alone and its GO asked for again, and one of a run that is over is ended", async () => {
  const { agentUrl, log } = await all.house();
  const { host, drive, runId } = await all.sampleOn();
  const first = await all.connect(agentUrl, host);
  await drive.approve(first, all.anna());
  // An agent that speaks version 1 only is brought no pack.
  expect(first.heard.map((frame) => frame.type)).not.toContain("packAbout");
  first.cut();
  const gone = "00000000-0000-4000-8000-000000000001";
  const agent = await all.connect(agentUrl, host, { newest: 2 });
  const foreign = { about: "a".repeat(64) as never, head: { seq: 3, hash: "b".repeat(64) as never } };
  agent.send({
    type: "packsHeld",
    packs: [
      { runId, ...foreign },
      { runId: gone as never, ...foreign },
    ],
  });
  expect(await agent.next("endRun")).toMatchObject({ runId: gone });
  await expect.poll(() => log.find((line) => line.includes("its log is not the beginning of ours"))).toContain(runId);
  expect(packed(agent)).toEqual([]);
  // The server sent that log once: its own was put back to an earlier time, and a start now might do something twice.
  const state = await drive.reaches(({ stage }) => stage === "deciding");
  expect(Object.values(state.gates)[0]?.decisions).toMatchObject([
    { life: "void", because: expect.stringContaining("event 3") },
  ]);
  expect((await drive.types()).filter((type) => type === "hostKnowsMore")).toHaveLength(1);
});
