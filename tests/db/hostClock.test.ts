import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Instant } from "../../domain/time.ts";
import type { HealthSample } from "../../protocol/agent.ts";
import { useAgentGateway } from "../support/agentGatewayTest.ts";
import type { FakeAgent } from "../support/fakeAgent.ts";

const house = useAgentGateway();

/** Samples of a host whose clock is off by so much, about as fast as a connection may send them; two of three come late. */
async function beat(agent: FakeAgent, offMs: number, isEnough: () => Promise<boolean>) {
  for (let count = 0; count < 60; count += 1) {
    if (await isEnough()) return;
    const lateMs = count % 3 === 0 ? 0 : 4_000;
    const sample: HealthSample = {
      ...{ at: Instant.parse(Date.now() + offMs - lateMs), cpuPercent: 5, load1: 1, fileSystems: [] },
      ...{ memoryUsedBytes: 1, memoryTotalBytes: 5, diskReadBytesPerSecond: 0, diskWriteBytesPerSecond: 0 },
      ...{ networkInBytesPerSecond: 0, networkOutBytesPerSecond: 0 },
    };
    agent.send({ type: "health", sample });
    await sleep(460);
  }
}

test("the runs of a host hear how far its clock is off, and that it is right again; what comes late counts for nothing", async () => {
  const { host, run } = await house.withTask();
  const agent = await house.connect(host);
  const heard = async () =>
    (await house.reports(run.runId)).flatMap((report) =>
      "report" in report && report.report === "clockMeasured" ? [Math.round(report.offMs / 1000)] : [],
    );
  const untilHeard = (times: number) => async () => (await heard()).length >= times;
  await beat(agent, 12_000, untilHeard(1));
  await beat(agent, -3_000, untilHeard(2));
  expect(await heard()).toEqual([12, -3]);
}, 90_000);
