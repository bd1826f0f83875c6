import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findProcess } from "../../../agent/process/processTable.ts";
import type { TaskId } from "../../../domain/ids.ts";
import { LonelyAgent, programPath, until } from "./support/lonelyAgent.ts";

let agent: LonelyAgent;
beforeEach(async () => {
  agent = await new LonelyAgent().up();
});
afterEach(async () => {
  expect(await agent.clear()).toEqual([]);
});

const counting = (lines: number, pause: string, exit: number) => ({
  file: programPath("countThenExit.sh"),
  args: [String(lines), pause, String(exit)],
});
const runnerPid = (taskId: Parameters<typeof agent.paths>[0]): number =>
  JSON.parse(readFileSync(agent.paths(taskId).runner, "utf8")).process.pid;

test("a program that exits with 23 while the agent is dead is reported as 23", async () => {
  const taskId = await agent.order("test.run", counting(10, "0.1", 23));
  await until("it counts", async () => (await agent.text(taskId, "stdout")).includes("line 3"));
  await agent.kill();
  await sleep(1_500);
  await agent.up();
  expect(await agent.ended(taskId)).toMatchObject({
    outcome: "failed",
    exitCode: 23,
    failure: { code: "programFailed" },
  });
});

test("a program outlives the agent's death, and no byte of its output is lost or doubled for a reader that goes on", async () => {
  const taskId = await agent.order("test.run", counting(40, "0.05", 0));
  await until("it counts", async () => (await agent.text(taskId, "stdout")).includes("line 5"));
  const before = await agent.output(taskId);
  const read = before.reduce((sum, chunk) => sum + (chunk.kind === "bytes" ? chunk.bytes.length : 0), 0);
  await agent.kill();
  await sleep(300);
  await agent.up();
  expect(await agent.ended(taskId)).toMatchObject({ outcome: "succeeded" });
  const bytes = [...before, ...(await agent.output(taskId, read))].flatMap((chunk) =>
    chunk.kind === "bytes" ? [chunk] : [],
  );
  const lines = Buffer.concat(bytes.filter(({ stream }) => stream === "stdout").map((chunk) => chunk.bytes)).toString();
  expect(lines).toBe(Array.from({ length: 40 }, (_, i) => `line ${i + 1}\n`).join(""));
  const report = await agent.ended(taskId);
  expect(bytes.reduce((sum, chunk) => sum + chunk.bytes.length, 0)).toBe(report.outputBytes);
  const whole = Buffer.concat(bytes.map((chunk) => chunk.bytes));
  expect(report.outputSha256).toBe(createHash("sha256").update(whole).digest("hex"));
});

test("an agent that dies again and again reports each task once and carries out none twice", async () => {
  const taskId = await agent.order("test.run", counting(30, "0.1", 0), { step: "copy" });
  for (let i = 0; i < 3; i += 1) {
    await agent.kill();
    await agent.up();
    await agent.order("test.run", counting(30, "0.1", 0), { step: "copy" });
  }
  expect(await agent.ended(taskId)).toMatchObject({ outcome: "succeeded" });
  expect((await agent.text(taskId, "note")).match(/^\+/gm)).toHaveLength(1);
  await agent.kill();
  await agent.up();
  expect(agent.said.at(-1)).toMatchObject({ said: "ready", open: [taskId] });
  await agent.order("test.run", counting(30, "0.1", 0), { step: "copy" });
  await until("the old report is given again", () => agent.said.at(-1)?.said === "ended");
  expect(agent.said.at(-1)?.report).toMatchObject({ outcome: "succeeded" });
});

test("an id that comes again with another order is refused", async () => {
  const taskId = await agent.order("test.run", { file: "true" }, { step: "copy" });
  await agent.order("test.run", { file: "false" }, { step: "copy" });
  expect(await agent.ended(taskId)).toMatchObject({ outcome: "succeeded" });
  expect(agent.said.findLast(({ said }) => said === "refused")).toMatchObject({ code: "argumentsInvalid" });
});

test("a runner that is killed is unknown, and what it ran is ended so that the next attempt finds a still host", async () => {
  const taskId = await agent.order("test.run", { file: "sleep", args: ["600"] });
  const program = await until("the program runs", () => {
    const { programs } = JSON.parse(readFileSync(agent.paths(taskId).running, "utf8"));
    return programs[0]?.process.pid as number | undefined;
  });
  process.kill(runnerPid(taskId), "SIGKILL");
  const report = await agent.ended(taskId);
  expect(report).toMatchObject({ outcome: "unknown", failure: { code: "unknownOutcome" } });
  expect(report.outcome === "unknown" && report.failure.message).toMatch(/ended before it could report.*sleep 600/);
  expect(findProcess(program)).toBeUndefined();
});

test("a runner that is killed while the agent is dead is unknown after the restart", async () => {
  const taskId = await agent.order("test.run", { file: "sleep", args: ["600"] });
  await until("the runner runs", () => runnerPid(taskId) > 0);
  await agent.kill();
  process.kill(runnerPid(taskId), "SIGKILL");
  await agent.up();
  expect(await agent.ended(taskId)).toMatchObject({ outcome: "unknown" });
});

test("a task that ran when the host was restarted is unknown, whatever process has its number now", async () => {
  const taskId = await agent.order("test.run", { file: "sleep", args: ["600"] });
  await until("the runner runs", () => runnerPid(taskId) > 0);
  await agent.kill();
  process.kill(runnerPid(taskId), "SIGKILL");
  const runner = JSON.parse(readFileSync(agent.paths(taskId).runner, "utf8"));
  runner.process = { pid: process.pid, startTicks: 1, bootId: "another-boot" };
  writeFileSync(agent.paths(taskId).runner, JSON.stringify(runner));
  await agent.up();
  const report = await agent.ended(taskId);
  expect(report).toMatchObject({ outcome: "unknown" });
  expect(report.outcome === "unknown" && report.failure.message).toContain("restarted");
});

test("an agent that died between its journal and the start says that nothing was done", async () => {
  const taskId = await agent.order("test.run", { file: "true" });
  await agent.ended(taskId);
  await agent.kill();
  const journal = `${agent.stateDir}/journal/journal.log`;
  const [begun = ""] = readFileSync(journal, "utf8").split("\n");
  writeFileSync(journal, `${begun}\n`);
  for (const file of [agent.paths(taskId).runner, agent.paths(taskId).report]) rmSync(file);
  await agent.up();
  const report = await agent.ended(taskId);
  expect(report).toMatchObject({ outcome: "unknown" });
  expect(report.outcome === "unknown" && report.failure.message).toContain("nothing of it was done");
});

test("an agent whose journal was moved away leaves what runs alone, and does not begin it a second time", async () => {
  const taskId = await agent.order("test.run", counting(30, "0.1", 0), { step: "copy" });
  await until("it counts", async () => (await agent.text(taskId, "stdout")).includes("line 3"));
  await agent.kill();
  rmSync(`${agent.stateDir}/journal/journal.log`);
  await agent.up();
  await agent.order("test.run", counting(30, "0.1", 0), { step: "copy" });
  expect(agent.said.findLast(({ said }) => said === "refused")).toMatchObject({ code: "unknownOutcome" });
  await until("it ends by itself", async () => (await agent.text(taskId, "stdout")).includes("line 30"));
  await until("it has reported", () => readFileSync(agent.paths(taskId).report).length > 0);
});

test("two agents never share one state directory", async () => {
  const second = new LonelyAgent({ stateDir: agent.stateDir, isQuiet: true });
  await expect(second.up()).rejects.toThrow(/the agent ended/);
});

test("what an action wrote down for undoing is there after its runner was killed", async () => {
  const taskId = await agent.order("test.undo", { seconds: 600 });
  await until("it is written down", () => readFileSync(agent.paths(taskId).undo, "utf8").includes("always"));
  process.kill(runnerPid(taskId), "SIGKILL");
  await agent.ended(taskId);
  expect(agent.said.findLast(({ said }) => said === "ended")?.undo).toEqual([
    { kind: "restartPolicy", facts: { container: "db", policy: "always" } },
  ]);
});

test("spools of settled tasks are swept, the newest kept, and nothing that the server still needs", async () => {
  const tasks: TaskId[] = [];
  for (let i = 0; i < 3; i += 1) tasks.push(await agent.order("test.run", { file: "true" }));
  for (const taskId of tasks) await agent.ended(taskId);
  const there = () => tasks.map((taskId) => findTask(agent.paths(taskId).report));
  for (const taskId of tasks.slice(0, 2)) agent.acknowledge(taskId, (await agent.ended(taskId)).outputBytes);
  agent.sweep(1);
  await until("one spool is gone", () => there().filter((is) => !is).length === 1);
  expect(there()[2]).toBe(true);
});

function findTask(report: string): boolean {
  try {
    return readFileSync(report).length > 0;
  } catch {
    return false;
  }
}
