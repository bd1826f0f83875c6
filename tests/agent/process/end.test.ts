import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findProcess } from "../../../agent/process/processTable.ts";
import { openTaskGroups } from "../../../agent/process/taskGroup.ts";
import type { TaskReport } from "../../../domain/run/taskReport.ts";
import { nightlyTest } from "../../support/nightly.ts";
import { LonelyAgent, membersOf, programPath, until, untilAlone } from "./support/lonelyAgent.ts";

const probe = openTaskGroups("whether there are any");
const hasGroups = probe.make("probe") !== undefined;
probe.sweep();

let agent: LonelyAgent;
beforeEach(async () => {
  agent = await new LonelyAgent().up();
});
afterEach(async () => {
  expect(await agent.clear()).toEqual([]);
});

const receiptOf = (report: TaskReport) => (report.outcome === "cancelled" ? report.receipt : undefined);

test("a program that forks twice, leaves its session and ignores TERM is gone within 12 s of the cancel, and the receipt says how", async () => {
  const taskId = await agent.order("test.run", { file: programPath("forkTwiceIgnoreTerm.sh") });
  const daemon = await until("the daemon runs", async () =>
    Number(/daemon (\d+)/.exec(await agent.text(taskId, "stdout"))?.[1]),
  );
  expect(findProcess(daemon)?.parentPid).toBe(1);
  const askedAt = performance.now();
  agent.cancel(taskId, 10_000);
  const report = await agent.ended(taskId);
  expect(performance.now() - askedAt).toBeLessThan(12_000);
  await untilAlone(taskId);
  expect(findProcess(daemon)).toBeUndefined();
  expect(receiptOf(report)?.ended).toContainEqual({
    pid: daemon,
    command: expect.stringContaining("bash"),
    by: "KILL",
  });
  expect(receiptOf(report)?.left).toEqual([]);
});

describe("a process that only its control group tells of: no marker, no parent, no session of the task, deaf to TERM", () => {
  const hide = async (...args: string[]) => {
    const taskId = await agent.order("test.run", { file: programPath("hideFromTheMarker.sh"), args });
    const pid = await until("the daemon has said its number", async () =>
      Number(/daemon (\d+)/.exec(await agent.text(taskId, "stdout"))?.[1]),
    );
    return { taskId, pid };
  };

  test("is gone soon after the grace of a cancel, and stands in the receipt", async ({ skip }) => {
    if (!hasGroups) skip("this host gives no control groups");
    const { taskId, pid } = await hide("wait");
    expect(membersOf(taskId).map((one) => one.pid)).not.toContain(pid);
    const askedAt = performance.now();
    agent.cancel(taskId, 2_000);
    const receipt = receiptOf(await agent.ended(taskId));
    expect(performance.now() - askedAt).toBeLessThan(6_000);
    expect(receipt?.ended).toContainEqual({ pid, command: expect.stringContaining("bash"), by: "KILL" });
    expect(findProcess(pid)).toBeUndefined();
  });

  test("is ended with a task that says that it is done", async ({ skip }) => {
    if (!hasGroups) skip("this host gives no control groups");
    const { taskId, pid } = await hide();
    expect(await agent.ended(taskId)).toMatchObject({ outcome: "succeeded" });
    expect(findProcess(pid)).toBeUndefined();
    expect(JSON.parse(readFileSync(agent.paths(taskId).report, "utf8")).endedProcesses).toContainEqual(
      expect.objectContaining({ pid }),
    );
  });

  test("is ended where the runner was killed and can tell nobody, also by the next agent; the group is gone then", async ({
    skip,
  }) => {
    if (!hasGroups) skip("this host gives no control groups");
    const { taskId, pid } = await hide("wait");
    const task = JSON.parse(readFileSync(agent.paths(taskId).task, "utf8"));
    await agent.kill();
    process.kill(JSON.parse(readFileSync(agent.paths(taskId).runner, "utf8")).process.pid, "SIGKILL");
    await agent.up();
    expect(await agent.ended(taskId)).toMatchObject({ outcome: "unknown" });
    expect(findProcess(pid)).toBeUndefined();
    await until("its group is removed", () => !existsSync(task.group));
  });
});

test("a program that complies is ended by TERM alone, at once, and the receipt names it", async () => {
  const taskId = await agent.order("test.run", { file: "sleep", args: ["600"] });
  await until("it runs", () => membersOf(taskId).some(({ command }) => command.endsWith("sleep 600")));
  const askedAt = performance.now();
  agent.cancel(taskId, 10_000);
  const report = await agent.ended(taskId);
  expect(performance.now() - askedAt).toBeLessThan(4_000);
  expect(receiptOf(report)?.ended).toEqual([
    { pid: expect.any(Number), command: expect.stringMatching(/sleep 600$/), by: "TERM" },
  ]);
  expect(await agent.text(taskId, "note")).toContain("+ sleep 600");
});

test("an agent that is killed in the middle of a cancel goes on with it after its restart", async () => {
  const taskId = await agent.order("test.run", { file: programPath("forkTwiceIgnoreTerm.sh") });
  await until("the daemon runs", async () => /daemon (\d+)/.test(await agent.text(taskId, "stdout")));
  agent.cancel(taskId, 2_000);
  await until("the wish is on the disk", () => readFileSync(agent.paths(taskId).cancel).length > 0);
  await agent.kill();
  await agent.up();
  expect(await agent.ended(taskId)).toMatchObject({ outcome: "cancelled" });
  await untilAlone(taskId);
});

test("the receipt of a cancel says what the action left on the host", async () => {
  const taskId = await agent.order("test.undo", { seconds: 600 });
  await until("it runs", () => membersOf(taskId).some(({ command }) => command.endsWith("sleep 600")));
  agent.cancel(taskId, 1_000);
  expect(receiptOf(await agent.ended(taskId))?.left).toEqual([
    { kind: "mount", what: "/mnt/x", cleanUp: "umount /mnt/x" },
  ]);
});

test("a task that had just ended when it was cancelled keeps its own end", async () => {
  const taskId = await agent.order("test.run", { file: "true" });
  await agent.ended(taskId);
  agent.cancel(taskId, 1_000);
  expect(await agent.ended(taskId)).toMatchObject({ outcome: "succeeded" });
});

test("an action that takes no notice of a cancel is ended all the same", async () => {
  const taskId = await agent.order("test.deaf");
  await until("it runs", () => readFileSync(agent.paths(taskId).runner).length > 0);
  agent.cancel(taskId, 500);
  expect(receiptOf(await agent.ended(taskId))).toEqual({ ended: [], left: [] });
});

test("a runner that does not even hear the cancel is killed, and the receipt says so", async () => {
  const taskId = await agent.order("test.busy");
  await until("it runs", () => readFileSync(agent.paths(taskId).progress).length > 0);
  agent.cancel(taskId, 500);
  expect(receiptOf(await agent.ended(taskId))?.ended).toEqual([
    { pid: expect.any(Number), command: expect.stringContaining("runner.ts"), by: "KILL" },
  ]);
});

nightlyTest("a program that is too slow is ended with all it started, and the failure says so", async () => {
  const taskId = await agent.order("test.run", { file: programPath("forkTwiceIgnoreTerm.sh"), timeoutMs: 1_000 });
  expect(await agent.ended(taskId)).toMatchObject({ outcome: "failed", failure: { code: "timedOut" } });
  await untilAlone(taskId);
});

test("a task that is out of time is ended by its runner, even while the agent is dead", async () => {
  const taskId = await agent.order("test.run", { file: "sleep", args: ["600"] }, { withinMs: 3_000 });
  await until("it runs", () => membersOf(taskId).some(({ command }) => command.endsWith("sleep 600")));
  await agent.kill();
  await until("it is ended", () => membersOf(taskId).length === 0);
  await agent.up();
  expect(await agent.ended(taskId)).toMatchObject({ outcome: "failed", failure: { code: "timedOut" } });
});

test("what an action leaves running without saying so is ended with the task", async () => {
  const taskId = await agent.order("test.strayDaemon");
  expect(await agent.ended(taskId)).toMatchObject({ outcome: "succeeded" });
  await untilAlone(taskId);
  expect(JSON.parse(readFileSync(agent.paths(taskId).report, "utf8")).endedProcesses).toMatchObject([
    { command: expect.stringMatching(/sleep 600$/), by: "TERM" },
  ]);
});

test("a daemon that was meant to stay is not touched, neither at the end nor by a later cancel of the task", async () => {
  const taskId = await agent.order("test.run", {
    file: "bash",
    args: ["-c", "setsid sleep 611 >/dev/null 2>&1 & echo $!"],
    leavesDaemon: true,
  });
  const report = await agent.ended(taskId);
  const pid = report.outcome === "succeeded" ? Number(report.result.stdout) : 0;
  try {
    expect(findProcess(pid)?.command).toMatch(/sleep 611$/);
  } finally {
    process.kill(pid, "SIGKILL");
  }
});

test("a program that leaves its output open to a child does not hold the task up", async () => {
  const startedAt = performance.now();
  const taskId = await agent.order("test.run", { file: programPath("leaveOutputOpen.sh") });
  expect(await agent.ended(taskId)).toMatchObject({ outcome: "succeeded", result: { stdout: "before\n" } });
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test("a defect of an action ends its task as a defect, with everything it started", async () => {
  const taskId = await agent.order("test.crash");
  expect(await agent.ended(taskId)).toMatchObject({
    outcome: "failed",
    failure: { code: "defect", message: "TypeError: a defect of the action" },
  });
});
