import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findMembers, TASK_MARKER } from "../../../agent/process/processTable.ts";
import { LonelyAgent, until } from "./support/lonelyAgent.ts";

/** A real file system of 6 MiB, which the test fills up and clears. Needs root; that is said where it is skipped. */
const isRoot = process.getuid?.() === 0;
let mountPoint: string;
let agent: LonelyAgent;
const filler = () => join(mountPoint, "filler");

/** Takes all the room there is. */
function fill(): void {
  const block = Buffer.alloc(4096, "f");
  try {
    for (;;) writeFileSync(filler(), block, { flag: "a" });
  } catch {
    // Full, as wanted.
  }
}

beforeEach(async () => {
  mountPoint = mkdtempSync(join(tmpdir(), "slackwater-full-"));
  if (isRoot) execFileSync("mount", ["-t", "tmpfs", "-o", "size=6m,mode=0700", "tmpfs", mountPoint]);
  agent = new LonelyAgent({ stateDir: join(mountPoint, "state") });
});
afterEach(async () => {
  expect(await agent.clear()).toEqual([]);
  if (isRoot) execFileSync("umount", [mountPoint]);
  rmSync(mountPoint, { recursive: true, force: true });
});

const counting = (lines: number) => ({
  file: "bash",
  args: ["-c", `for ((i = 1; i <= ${lines}; i += 1)); do printf '%01000d\\n' $i; sleep 0.005; done`],
});
const expected = (lines: number) =>
  Array.from({ length: lines }, (_, i) => `${String(i + 1).padStart(1000, "0")}\n`).join("");

test.runIf(isRoot)(
  "a full disk under the spool is said, holds the program, and costs no byte once there is room again",
  async () => {
    await agent.up();
    const taskId = await agent.order("test.run", counting(600));
    await until("it writes", async () => (await agent.text(taskId, "stdout")).length > 20_000);
    fill();
    const trouble = await until("the trouble is told", () =>
      agent.said.find((line) => line.said === "trouble" && line.trouble),
    );
    expect(trouble.trouble).toMatchObject({ code: "diskFull", message: expect.stringContaining("No space left") });
    const heldAt = (await agent.text(taskId, "stdout")).length;
    await sleep(2_000);
    expect((await agent.text(taskId, "stdout")).length - heldAt).toBeLessThan(70_000);
    rmSync(filler());
    expect(await agent.ended(taskId)).toMatchObject({ outcome: "succeeded" });
    const text = await agent.text(taskId, "stdout");
    expect(text.length).toBe(600 * 1001);
    expect(text === expected(600)).toBe(true);
    expect((await agent.output(taskId)).every(({ kind }) => kind === "bytes")).toBe(true);
    expect(agent.said.findLast(({ said }) => said === "trouble")).toMatchObject({ trouble: null });
    expect(JSON.parse(readFileSync(agent.paths(taskId).report, "utf8")).troubles).toMatchObject([{ code: "diskFull" }]);
  },
);

test.runIf(isRoot)(
  "a task that ends while the disk is full is reported all the same, from room kept back for that",
  async () => {
    await agent.up();
    const taskId = await agent.order("test.run", { file: "bash", args: ["-c", "sleep 2; exit 23"] });
    await until("it runs", async () => (await agent.text(taskId, "note")).length > 0);
    fill();
    expect(await agent.ended(taskId)).toMatchObject({ outcome: "failed", exitCode: 23 });
  },
);

test.runIf(isRoot)("an order that can't be written down is refused, and nothing of it is begun", async () => {
  await agent.up();
  fill();
  const taskId = await agent.order("test.run", { file: "touch", args: [join(tmpdir(), "slackwater-must-not-be")] });
  expect(agent.said.findLast(({ said }) => said === "refused")).toMatchObject({ code: "diskFull" });
  rmSync(filler());
  await sleep(500);
  expect(existsSync(join(tmpdir(), "slackwater-must-not-be"))).toBe(false);
  expect(existsSync(agent.paths(taskId).runner)).toBe(false);
  const again = await agent.order("test.run", { file: "true" });
  expect(await agent.ended(again)).toMatchObject({ outcome: "succeeded" });
});

test.runIf(isRoot)("a cancel while the disk is full ends the task all the same", async () => {
  await agent.up();
  const taskId = await agent.order("test.run", counting(100_000));
  await until("it writes", async () => (await agent.text(taskId, "stdout")).length > 20_000);
  fill();
  await until("the trouble is told", () => agent.said.find((line) => line.said === "trouble" && line.trouble));
  agent.cancel(taskId, 1_000);
  await until(
    "it is ended",
    () => findMembers({ marker: { name: TASK_MARKER, value: taskId }, sessions: [] }).length === 0,
  );
  rmSync(filler());
  const report = await agent.ended(taskId);
  expect(report.outcome).toBe("cancelled");
  expect(report.outcome === "cancelled" && report.receipt.ended.some(({ command }) => command.includes("bash"))).toBe(
    true,
  );
});
