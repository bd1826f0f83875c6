import { describe, expect, test } from "vitest";
import type { Instant } from "../../domain/time.ts";
import { Instant as InstantSchema } from "../../domain/time.ts";
import { carryOut } from "../support/drivenRun.ts";
import type { FakeAgent } from "../support/fakeAgent.ts";
import { SAMPLE } from "../support/sampleRun.ts";
import { useHouses } from "../support/useHouses.ts";

const all = useHouses();

const now = (): Instant => InstantSchema.parse(Date.now());

/** The sample with one probe, read once a second, and one trigger that holds. */
function watching(expr: string) {
  const probes = { app: { ...SAMPLE.probes.app, every: "1s" } };
  const trigger = { id: "app", title: "The service", probe: "app", expr, action: "hold", armed: { after: "prepare" } };
  return { ...SAMPLE, probes, triggers: [trigger] };
}

/** Waits until the agent is to carry the probe out. */
const untilOrdered = (agent: FakeAgent) =>
  expect
    .poll(() => agent.heard.findLast((frame) => frame.type === "probes")?.probes.length, { timeout: 5_000 })
    .toBe(1);

async function startedRun(expr: string) {
  const house = await all.house();
  const { host, drive, runId } = await all.sampleOn(watching(expr));
  const agent = await all.connect(house.agentUrl, host);
  await drive.approve(agent, all.anna());
  await drive.order({ order: "start" });
  await carryOut(agent);
  await untilOrdered(agent);
  const { order } = await agent.next("task");
  agent.send({ type: "taskAccepted", taskId: order.taskId });
  const running = { taskId: order.taskId, outputBytes: 0, running: true };
  const say = (to: FakeAgent, ok: boolean) =>
    to.send({ type: "probeSampled", probeId: "app", runId, at: now(), ok, detail: "d", facts: [] });
  return { house, host, drive, agent, running, say };
}

describe("what a probe reads", () => {
  test("is counted on by the next process, and over a cut of the link", async () => {
    const { house, host, drive, agent, running, say } = await startedRun("probe.consecutive_failures >= 3");
    say(agent, true);
    say(agent, false);
    await agent.close();
    const again = await all.connect(house.agentUrl, host, { tasks: [running] });
    await untilOrdered(again);
    say(again, false);
    await expect
      .poll(
        async () =>
          (
            await all.database.db.pool.query(
              "select 1 from run_input where answered_at is not null and payload->>'report' = 'probeRead'",
            )
          ).rowCount,
      )
      .toBe(3);
    expect((await drive.state()).stage).toBe("running");

    await all.end(house);
    const next = await all.house();
    const last = await all.connect(next.agentUrl, host, { tasks: [running] });
    await untilOrdered(last);
    say(last, false);
    const held = await drive.reaches((state) => state.stage === "held", 10_000);
    expect(held.hold).toMatchObject({ cause: "trigger" });
  }, 40_000);

  test("and does not come any more is said, and can be a condition; what comes again is said too", async () => {
    const { drive, agent, say } = await startedRun("probe.missed >= 5");
    say(agent, true);
    const blind = await drive.reaches((state) => state.silent.app !== undefined, 15_000);
    expect(blind.stage).toBe("running");
    const held = await drive.reaches((state) => state.stage === "held", 10_000);
    expect(held.hold).toMatchObject({ cause: "trigger" });
    say(agent, true);
    const heard = await drive.reaches((state) => state.silent.app === undefined, 5_000);
    expect(heard.triggers.app).toMatchObject({ stage: "quiet" });
  }, 40_000);
});
