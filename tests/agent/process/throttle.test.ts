import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { getPriority } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { findProcess, TASK_MARKER } from "../../../agent/process/processTable.ts";
import { openTaskGroups } from "../../../agent/process/taskGroup.ts";
import { createTaskThrottle } from "../../../agent/process/taskThrottle.ts";
import { openThrottleWish } from "../../../agent/process/throttleWish.ts";
import type { TaskId } from "../../../domain/ids.ts";
import type { ThrottleSetting } from "../../../domain/throttle/setting.ts";
import { Instant } from "../../../domain/time.ts";
import type { Progress } from "../../../protocol/agent.ts";
import { nightlyTest } from "../../support/nightly.ts";
import { createBench } from "../actions/support/bench.ts";
import { LonelyAgent, membersOf, until, untilAlone } from "./support/lonelyAgent.ts";

const MB = 1e6;
/** The copies here go as fast as from such a disk: in memory, on a busy machine, one would be over before it can be looked at. */
const DISK_KIBPS = 40_000;
const limited = (bytesPerSecond: number, more: object = {}): ThrottleSetting => ({
  ...{ mode: "limited", bytesPerSecond, cpuWeight: 100, ioWeight: 100 },
  ...more,
});

let room = "";
beforeEach(() => {
  // In memory: what is measured is the throttle and not a disk.
  room = mkdtempSync("/dev/shm/slackwater-throttle-");
});
afterEach(() => rmSync(room, { recursive: true, force: true }));

/** Bytes that lie in the target by now, the file that is being written included. */
const sizeOf = (folder: string) =>
  existsSync(folder) ? readdirSync(folder).reduce((sum, name) => sum + (statSync(join(folder, name)).size || 0), 0) : 0;

/** Bytes per second that arrive in a folder, over so many seconds. */
async function rateInto(folder: string, seconds: number): Promise<number> {
  const before = sizeOf(folder);
  const from = performance.now();
  await sleep(seconds * 1000);
  return ((sizeOf(folder) - before) / (performance.now() - from)) * 1000;
}

function within15Percent(measured: number, wished: number): void {
  expect(measured / wished).toBeGreaterThan(0.85);
  expect(measured / wished).toBeLessThan(1.15);
}

describe("a copy with real rsync", () => {
  let agent: LonelyAgent;
  let taskId: TaskId;
  let to = "";

  /** Begins a copy of so many MB, held to a setting from its beginning, and waits until bytes arrive. */
  async function begin(megabytes: number, setting: ThrottleSetting): Promise<void> {
    const from = join(room, "from");
    to = join(room, "to");
    mkdirSync(from);
    writeFileSync(join(from, "data"), randomBytes(megabytes * MB));
    taskId = await agent.order("files.copy", { from, to, maxKiBps: DISK_KIBPS });
    agent.throttle(taskId, setting);
    await until("it copies", () => sizeOf(to) > 0);
  }

  beforeEach(async () => {
    agent = await new LonelyAgent({ performModule: resolve("agent/actions/perform.ts") }).up();
  });
  afterEach(async () => {
    await agent.clear();
  });

  const progress = () => agent.said.filter((one) => one.said === "progress").at(-1)?.progress as Progress;
  const runner = () => JSON.parse(readFileSync(agent.paths(taskId).runner, "utf8")).process.pid as number;

  /** Changes the rate while it copies, and waits until its runner keeps to it. */
  async function change(bytesPerSecond: number, weights: object = {}): Promise<void> {
    agent.throttle(taskId, limited(bytesPerSecond, weights));
    await until("the runner says so", () => progress().throttle?.bytesPerSecond === bytesPerSecond);
  }

  /** Weights 33 and 10 have come to every rsync, by what the task's log says. */
  async function hasItsShare(): Promise<void> {
    const said = /CPU weight 33 by (cpu\.weight|nice \d+), I\/O weight 10 by (io\.weight|ionice 7)\./;
    const [, cpu, io] = await until("it is said", async () => said.exec(await agent.text(taskId, "note")) ?? undefined);
    const rsync = membersOf(taskId).filter(({ command }) => /^\S*rsync /.test(command));
    expect(rsync.length).toBeGreaterThan(1);
    for (const { pid } of rsync) {
      const nice = Number(readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ")[16]);
      // Five levels beside the test's own, which may be the last already.
      if (cpu !== "cpu.weight") expect(`nice ${nice}`).toBe(`nice ${Math.min(19, getPriority() + 5)}`);
      if (io === "ionice 7") expect(await output("ionice", "-p", String(pid))).toBe("best-effort: prio 7");
    }
  }

  test("keeps its rate and its share, halves and doubles it while it runs, and keeps it while the agent is dead", async () => {
    await begin(150, limited(16 * MB));
    within15Percent(await rateInto(to, 3), 16 * MB);
    await change(8 * MB, { cpuWeight: 33, ioWeight: 10 });
    await hasItsShare();
    await agent.kill();
    within15Percent(await rateInto(to, 3), 8 * MB);
    await agent.up();
    await change(16 * MB);
    within15Percent(await rateInto(to, 3), 16 * MB);
    expect(progress().throttle).toEqual({ mode: "limited", bytesPerSecond: 16 * MB });
    agent.throttle(taskId, { mode: "full" });
    expect(await agent.ended(taskId)).toMatchObject({ outcome: "succeeded", result: { bytes_target: 150 * MB } });
    const notes = await agent.text(taskId, "note");
    expect(notes).toMatch(/Throttle: limited: at most 8\.00.+MB\/s, CPU weight 33, I\/O weight 10\./);
    expect(notes).toMatch(/Throttle: by (cgroup\.freeze|SIGSTOP)\./);
  });

  test("stands while it is paused and says so; a cancel then leaves nothing, and nothing that stands", async () => {
    await begin(100, limited(8 * MB));
    agent.throttle(taskId, { mode: "paused" });
    await until("it says so", () => JSON.stringify(progress()).includes("paused by order"));
    const before = sizeOf(to);
    await sleep(700);
    expect(sizeOf(to)).toBe(before);
    // What stands has no rate, whatever rsync said last.
    expect([progress().ratePerSecond ?? 0, progress().etaMs]).toEqual([0, undefined]);
    const askedAt = performance.now();
    agent.cancel(taskId, 5_000);
    expect(await agent.ended(taskId)).toMatchObject({ outcome: "cancelled" });
    // By TERM and in order: had the programs still stood, it would have taken the whole grace.
    expect(performance.now() - askedAt).toBeLessThan(4_000);
    await untilAlone(taskId);
  });

  test("goes on when agent and runner are both killed while it stands: nothing is left stopped", async () => {
    await begin(60, limited(8 * MB));
    agent.throttle(taskId, { mode: "paused" });
    await until("it says so", () => JSON.stringify(progress()).includes("paused by order"));
    const before = sizeOf(to);
    const runnerPid = runner();
    await agent.kill();
    process.kill(runnerPid, "SIGKILL");
    await until("rsync copies on by itself", () => sizeOf(to) > before, 5_000);
    await until("it ends", () => membersOf(taskId).length === 0, 10_000);
    expect(sizeOf(to)).toBe(60 * MB);
  });
});

async function output(file: string, ...args: string[]): Promise<string> {
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (piece) => {
    text += piece;
  });
  await once(child, "close");
  return text.trim();
}

describe("a process that stops others and is killed in that moment", () => {
  const groups = openTaskGroups("brake");
  afterEach(() => groups.sweep());

  test.each(["SIGSTOP", "cgroup.freeze"] as const)("leaves nothing stopped (%s)", async (by) => {
    const taskId = `brake-${randomUUID()}`;
    const group = by === "SIGSTOP" ? undefined : groups.make(taskId);
    const victim = spawn("sleep", ["600"], { env: { ...process.env, [TASK_MARKER]: taskId }, stdio: "ignore" });
    onTestFinished(() => void victim.kill("SIGKILL"));
    const pid = victim.pid!;
    const program = resolve("tests/support/programs/brakeAndWait.ts");
    if (group !== undefined) writeFileSync(join(group, "cgroup.procs"), String(pid));
    const braking = spawn(process.execPath, [program, taskId, group ?? ""], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void braking.kill("SIGKILL"));
    const [how] = await once(braking.stdout, "data");
    if (by === "cgroup.freeze" && String(how).trim() === "SIGSTOP") {
      console.warn("SKIPPED, stopping by cgroup.freeze: this host gives no control groups with a freezer");
      return;
    }
    expect(String(how).trim()).toBe(by);
    const stands = () =>
      by === "SIGSTOP"
        ? findProcess(pid)?.state === "T"
        : /^frozen 1$/m.test(readFileSync(join(group!, "programs", "cgroup.events"), "utf8"));
    await until("it stands", stands, 2_000);
    braking.kill("SIGKILL");
    await once(braking, "exit");
    await until("it goes on", () => !stands(), 2_000);
    expect(findProcess(pid)).toBeDefined();
    victim.kill("SIGKILL");
    await once(victim, "exit");
    if (group !== undefined) await groups.remove(group);
  });
});

describe("work of the runner itself", () => {
  function throttled(setting: ThrottleSetting) {
    const path = join(room, "throttle.json");
    writeFileSync(path, JSON.stringify({ setting, from: "server", order: 1 }));
    const stop = new AbortController();
    const throttle = createTaskThrottle({
      ...{ path, taskId: `alone-${randomUUID()}`, group: undefined, signal: stop.signal },
      note: () => undefined,
      onChange: () => undefined,
    });
    onTestFinished(() => throttle.close());
    return { throttle, stop };
  }

  test("a comparison reads no faster than allowed", async () => {
    for (const side of ["from", "to"]) mkdirSync(join(room, side));
    const bytes = randomBytes(8 * MB);
    for (const side of ["from", "to"]) {
      writeFileSync(join(room, side, "data"), bytes);
      utimesSync(join(room, side, "data"), 1_000, 1_000);
    }
    const { throttle, stop } = throttled(limited(4 * MB));
    const at: number[] = [];
    const { run } = createBench({}, stop.signal, async (wanted, unit) => {
      at.push(performance.now());
      const given = await throttle.allow(wanted, unit);
      at.push(performance.now());
      return given;
    });
    const result = await run("files.verify", { from: join(room, "from"), to: join(room, "to") });
    // From the first question to the last answer: listing the folders is not what is measured.
    within15Percent((8 * MB) / ((Math.max(...at) - Math.min(...at)) / 1000), 4 * MB);
    expect(result).toMatchObject({ bytes_checked: 8 * MB, differing_count: 0 });
  });

  test("one that is paused hears a cancel at once", async () => {
    const { throttle, stop } = throttled({ mode: "paused" });
    const asked = throttle.allow(1000, "rows");
    await sleep(300);
    stop.abort(new Error("cancelled"));
    await expect(asked).rejects.toThrow("cancelled");
  });
});

nightlyTest("of a pipeline, the program with the meter sets the pace of all", async () => {
  const agent = await new LonelyAgent().up();
  onTestFinished(async () => {
    await agent.clear();
  });
  const data = join(room, "data");
  const to = join(room, "to");
  mkdirSync(to);
  // What can't be compressed comes out as it went in, and gzip takes its time over it, as a backup does.
  writeFileSync(data, randomBytes(40 * MB));
  const taskId = await agent.order("test.pipeline", {
    programs: [
      { file: "cat", args: [data], meter: "read" },
      { file: "gzip", args: ["-9"], toFile: join(to, "out") },
    ],
  });
  agent.throttle(taskId, limited(5 * MB));
  await until("it began", () => sizeOf(to) > 0);
  within15Percent(await rateInto(to, 3), 5 * MB);
  agent.throttle(taskId, { mode: "full" });
  expect(await agent.ended(taskId)).toMatchObject({ outcome: "succeeded" });
});

test("a rest that no agent confirms any more is over, and a setting that can't be read changes nothing", () => {
  const path = join(room, "throttle.json");
  let nowMs = 0;
  const wish = openThrottleWish(path, () => nowMs);
  expect(wish().setting).toEqual({ mode: "full" });
  const backOff = { because: "load per core 6.2 is over 4.0", at: Instant.parse(1) };
  const setting = { mode: "automatic", cpuWeight: 100, ioWeight: 100 };
  writeFileSync(path, JSON.stringify({ setting, from: "server", order: 3, backOff }));
  expect(wish().pace.standsBecause).toBe("throttled: load per core 6.2 is over 4.0");
  nowMs = 5_900;
  expect(wish().pace.standsBecause).toBeDefined();
  nowMs = 6_100;
  expect(wish().pace.standsBecause).toBeUndefined();
  writeFileSync(path, "{");
  expect(wish().setting).toEqual(setting);
});
