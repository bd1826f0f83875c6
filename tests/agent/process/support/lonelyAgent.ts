import { Buffer } from "node:buffer";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Encrypter } from "age-encryption";
import { endTask } from "../../../../agent/process/endTask.ts";
import { findMembers, TASK_MARKER } from "../../../../agent/process/processTable.ts";
import type { ThrottleFile } from "../../../../agent/process/spoolFiles.ts";
import { spoolPaths } from "../../../../agent/process/spoolFiles.ts";
import type { OutputChunk } from "../../../../agent/process/spoolReader.ts";
import { openSpoolReader } from "../../../../agent/process/spoolReader.ts";
import { openTaskGroups } from "../../../../agent/process/taskGroup.ts";
import { openRunKeys } from "../../../../agent/runKey/runKey.ts";
import { sealBundle } from "../../../../agent/secrets/sealedBundle.ts";
import type { TaskId } from "../../../../domain/ids.ts";
import { RunId, StepId, taskIdOf } from "../../../../domain/ids.ts";
import type { TaskReport } from "../../../../domain/run/taskReport.ts";
import type { ThrottleSetting } from "../../../../domain/throttle/setting.ts";

const PROGRAMS = resolve("tests/support/programs");

/** Absolute path of one of the tiny misbehaving programs. */
export const programPath = (name: string) => join(PROGRAMS, name);

/** One line of what the agent under test says. */
export type Said = { said: string; taskId?: string; report?: TaskReport } & Record<string, unknown>;

/** Waits for a condition, looking twenty times a second; what it throws is "not yet". Fails naming the condition. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (let last: unknown; ; ) {
    try {
      const found = await look();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`never came true: ${what}`, { cause: last });
    await sleep(50);
  }
}

/** The processes that carry the marker of a task. */
export const membersOf = (taskId: TaskId) =>
  findMembers({ marker: { name: TASK_MARKER, value: taskId }, sessions: [] });

/** A runner whose report is there is on its way out: on a busy machine that takes a moment. */
export const untilAlone = (taskId: TaskId) =>
  until("nothing of the task is left", () => membersOf(taskId).length === 0, 5_000);

/** An agent reduced to journal and supervisor, as a real process, with a state directory that outlives it. */
export class LonelyAgent {
  readonly stateDir: string;
  /** Its own for each, so that what one test ends is never another's. */
  readonly runId = RunId.parse(randomUUID());
  readonly said: Said[] = [];
  readonly taskIds: TaskId[] = [];
  /** Lines before this one were said by an agent that is dead. */
  #since = 0;
  #child: ChildProcess | undefined;
  #outputLimitBytes: number | undefined;
  #isQuiet: boolean;

  #performModule: string;

  /** `performModule`: what the runner loads; tiny actions for tests when absent. */
  constructor(
    options: { stateDir?: string; outputLimitBytes?: number; isQuiet?: boolean; performModule?: string } = {},
  ) {
    this.#isQuiet = options.isQuiet ?? false;
    this.#performModule = options.performModule ?? join(PROGRAMS, "perform.ts");
    this.stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), "slackwater-agent-"));
    this.#outputLimitBytes = options.outputLimitBytes;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts the agent's process and waits until it has taken up what it finds. */
  async up(): Promise<this> {
    const args = [join(PROGRAMS, "superviseAlone.ts"), this.stateDir, this.#performModule];
    if (this.#outputLimitBytes) args.push(String(this.#outputLimitBytes));
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", this.#isQuiet ? "ignore" : "inherit"] });
    this.#child = child;
    const before = this.said.length;
    this.#since = before;
    createInterface({ input: child.stdout! }).on("line", (line) => this.said.push(JSON.parse(line)));
    const ready = until("the agent is ready", () => this.said.slice(before).some(({ said }) => said === "ready"));
    const ended = new Promise<never>((_, reject) =>
      child.once("exit", (code) => reject(new Error(`the agent ended: ${code}`))),
    );
    ended.catch(() => undefined);
    await Promise.race([ready, ended]);
    return this;
  }

  #tell(order: unknown): void {
    this.#child?.stdin?.write(`${JSON.stringify(order)}\n`);
  }

  /** Orders a task and waits until it is accepted or refused. */
  async order(
    action: string,
    args: Record<string, unknown> = {},
    more: {
      withinMs?: number;
      secrets?: Record<string, string>;
      step?: string;
      attempt?: number;
      inspectFirst?: boolean;
    } = {},
  ) {
    const taskId = taskIdOf(this.runId, StepId.parse(more.step ?? `s${this.taskIds.length}`), more.attempt ?? 1);
    this.taskIds.push(taskId);
    const secrets = more.secrets ?? {};
    const order = {
      taskId,
      action,
      arguments: args,
      inspectFirst: more.inspectFirst ?? false,
      withinMs: more.withinMs ?? 120_000,
      secretNames: Object.keys(secrets),
    };
    const bundle = (await this.#sealed(secrets)).toString("base64");
    const before = this.said.length;
    this.#tell({ do: "start", order, bundle });
    await until("the order is answered", () =>
      this.said.slice(before).find(({ said }) => said === "started" || said === "refused"),
    );
    return taskId;
  }

  /** The secrets as the server would send them: sealed to a key in memory, bundled with that key. */
  async #sealed(secrets: Record<string, string>): Promise<Buffer> {
    if (Object.keys(secrets).length === 0) return Buffer.alloc(0);
    const directory = mkdtempSync("/dev/shm/slackwater-test-");
    try {
      const keys = openRunKeys({ directory, allowDisk: false, ourUid: process.getuid!() });
      const recipient = await keys.make(this.runId);
      const sealed = await Promise.all(
        Object.entries(secrets).map(async ([name, secret]) => {
          const encrypter = new Encrypter();
          encrypter.addRecipient(recipient);
          return { name, recipient, ciphertext: Buffer.from(await encrypter.encrypt(secret)).toString("base64") };
        }),
      );
      return sealBundle(keys.read(this.runId)!, sealed);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  cancel(taskId: TaskId, graceMs: number): void {
    this.#tell({ do: "cancel", taskId, graceMs });
  }

  /** Gives a running task a throttle setting, as an order of the run would. */
  throttle(taskId: TaskId, setting: ThrottleSetting, backOff?: ThrottleFile["backOff"]): void {
    const file = { setting, from: "server", order: 1, ...(backOff === undefined ? {} : { backOff }) };
    this.#tell({ do: "throttle", taskId, file });
  }

  acknowledge(taskId: TaskId, outputBytes: number): void {
    this.#tell({ do: "acknowledge", taskId, outputBytes });
  }

  sweep(keepNewest: number): void {
    this.#tell({ do: "sweep", keepNewest });
  }

  /** What a task ended as, once the agent says so. */
  async ended(taskId: TaskId, withinMs = 30_000): Promise<TaskReport> {
    const said = await until(
      "the task ends",
      () => this.said.slice(this.#since).find((line) => line.said === "ended" && line.taskId === taskId),
      withinMs,
    );
    return said.report!;
  }

  paths(taskId: TaskId) {
    return spoolPaths(join(this.stateDir, "spool", taskId));
  }

  /** All that can be read of a task's output from a byte on. */
  async output(taskId: TaskId, from = 0): Promise<OutputChunk[]> {
    const reader = openSpoolReader(this.paths(taskId).output, from);
    const chunks: OutputChunk[] = [];
    for (let some = await reader.read(); some.length > 0; some = await reader.read()) chunks.push(...some);
    await reader.close();
    return chunks;
  }

  /** The same as text of one stream, or of all. */
  async text(taskId: TaskId, stream?: string): Promise<string> {
    const chunks = await this.output(taskId);
    const wanted = chunks.flatMap((chunk) =>
      chunk.kind === "bytes" && (!stream || chunk.stream === stream) ? [chunk.bytes] : [],
    );
    return Buffer.concat(wanted).toString("latin1");
  }

  /** Ends the agent's process as a power cut to it alone would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await gone;
  }

  /** Ends everything a test started, wherever it got to, and removes its files. Returns what was still running. */
  async clear(): Promise<string[]> {
    await this.kill();
    const left: string[] = [];
    for (const taskId of this.taskIds) {
      // One that was swept has reported, too: its spool goes while its runner is on its way out.
      const isOver = existsSync(this.paths(taskId).report) || !existsSync(join(this.stateDir, "spool", taskId));
      if (isOver) await untilAlone(taskId).catch(() => undefined);
      const { ended } = await endTask(taskId, this.paths(taskId), 0);
      left.push(...ended.map(({ command }) => command));
    }
    openTaskGroups(join(this.stateDir, "spool")).sweep();
    rmSync(this.stateDir, { recursive: true, force: true });
    return left;
  }
}
