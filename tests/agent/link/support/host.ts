import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { enrol } from "../../../../agent/enrol/enrol.ts";
import { openTaskGroups } from "../../../../agent/process/taskGroup.ts";
import { openStateDirectory } from "../../../../agent/stateDirectory.ts";
import { RunId, TaskId } from "../../../../domain/ids.ts";
import { Instant } from "../../../../domain/time.ts";
import type { Authority, ServerFrame, TaskOrder } from "../../../../protocol/agent.ts";
import { DIGEST_OF_NOTHING, decidedWindow } from "./decided.ts";
import type { FakeServer } from "./fakeServer.ts";

const PROGRAM = fileURLToPath(new URL("agentProgram.ts", import.meta.url));
const CLI = fileURLToPath(new URL("../../../../agent/cli.ts", import.meta.url));

/** A host as a test has it: a state directory, an agent.yaml, and agents that come and go. */
export interface Host {
  readonly base: string;
  readonly stateDir: string;
  readonly configFile: string;
  /** A directory that agent.yaml lets actions write to. */
  readonly room: string;
  configure(changes: object): void;
  enrolAt(url: string, token: string): Promise<void>;
  /** Starts a real agent; resolves when it says that it is ready (or what it failed with). */
  start(): Promise<RunningAgent>;
  /** Starts the agent as its owner does, with all its real actions. It says nothing: whether it is there, its server knows. */
  startReal(): void;
  /** The agent's own command line. */
  cli(...args: string[]): Promise<{ code: number | null; out: string; err: string }>;
  /** Ends every agent and every runner that is left, and removes everything. Throws for a runner that was not ended by its test. */
  clean(): Promise<void>;
}

export interface RunningAgent {
  readonly pid: number;
  readonly said: string;
  readonly log: () => string;
  /** SIGKILL: as power cuts and the memory killer do. */
  kill(): Promise<void>;
  /** SIGTERM. */
  end(): Promise<number | null>;
}

export function makeHost(): Host {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "slackwater-link-")));
  const stateDir = join(base, "state");
  const configFile = join(base, "agent.yaml");
  const room = join(base, "room");
  const keys = join("/dev/shm", `slackwater-test-${randomUUID()}`);
  mkdirSync(room);
  const agents = new Set<ChildProcess>();

  function configure(changes: object): void {
    const config = {
      actions: ["test.*", "files.*", "postgres.*"],
      roots: { read: [room, "/srv"], write: [room, "/srv"] },
      databases: [{ port: 1, names: ["*"] }],
      runKeys: { directory: keys },
      ...changes,
    };
    writeFileSync(configFile, stringify(config), { mode: 0o600 });
  }
  configure({});

  return {
    base,
    stateDir,
    configFile,
    room,
    configure,
    async enrolAt(url, token) {
      await enrol({
        server: url,
        token,
        stateDir: openStateDirectory(stateDir, process.getuid?.() ?? 0),
        allowInsecureLink: false,
        actions: ["test.seq"],
        now: Instant.parse(Date.now()),
      });
    },
    start: () => startAgentProcess(agents, stateDir, configFile),
    startReal() {
      const words = [CLI, "run", "--state", stateDir, "--config", configFile];
      const child = spawn(process.execPath, words, { stdio: "ignore" });
      agents.add(child);
      child.once("exit", () => agents.delete(child));
    },
    cli: (...args) => runCli([...args, "--state", stateDir, "--config", configFile]),
    async clean() {
      for (const child of [...agents]) await endChild(child, "SIGKILL");
      // A runner that has written its report still needs a moment to end.
      for (let i = 0; i < 30 && taskProcesses(stateDir).length > 0; i += 1) await sleep(100);
      const left = taskProcesses(stateDir);
      for (const pid of left) process.kill(pid, "SIGKILL");
      openTaskGroups(join(stateDir, "spool")).sweep();
      rmSync(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      rmSync(keys, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`left running by its test: ${left.join(", ")}`);
    },
  };
}

async function startAgentProcess(
  agents: Set<ChildProcess>,
  stateDir: string,
  configFile: string,
): Promise<RunningAgent> {
  const child = spawn(process.execPath, [PROGRAM, stateDir, configFile], { stdio: ["ignore", "pipe", "pipe"] });
  agents.add(child);
  let log = "";
  child.stderr.on("data", (chunk) => {
    log += String(chunk);
  });
  const exited = new Promise<number | null>((resolve) =>
    child.once("exit", (code) => {
      agents.delete(child);
      resolve(code);
    }),
  );
  const said = await new Promise<string>((resolve, reject) => {
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += String(chunk);
      if (out.includes("\n")) resolve(out.trim());
    });
    void exited.then(() => reject(new Error(`the agent ended before it was ready:\n${log}`)));
  });
  return {
    pid: child.pid ?? 0,
    said,
    log: () => log,
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async end() {
      child.kill("SIGTERM");
      return exited;
    },
  };
}

async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await exited;
}

async function runCli(args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    err += String(chunk);
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, out, err };
}

/** Runners that work in this host's spool, by their command line: a process of another test has another directory. */
function taskProcesses(stateDir: string): number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8");
      const state = readFileSync(`/proc/${name}/stat`, "utf8").replace(/^.*\) /, "")[0];
      return command.includes(join(stateDir, "spool")) && state !== "Z" ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

const anyWindow = decidedWindow({ fingerprint: DIGEST_OF_NOTHING, parameters: {} });
let orders = 0;

/** An order for an action that needs no decision. */
export function orderFor(
  action: string,
  args: Record<string, unknown>,
  changes: Partial<TaskOrder> & { authority?: Authority } = {},
): Extract<ServerFrame, { type: "task" }> {
  const { authority = anyWindow.authority([]), ...order } = changes;
  orders += 1;
  return {
    type: "task",
    authority,
    order: {
      taskId: TaskId.parse(`${anyWindow.runId}.step-${orders}.1`),
      action,
      arguments: args,
      inspectFirst: false,
      withinMs: 60_000,
      secrets: [],
      ...order,
    },
  };
}

export const runIdOf = (taskId: TaskId) => RunId.parse(taskId.split(".")[0]);

/** A server, a host enrolled at it, and an agent that is connected. */
export async function connected(server: FakeServer, host: Host, url = server.url): Promise<RunningAgent> {
  await host.enrolAt(url, server.token());
  const agent = await host.start();
  await server.until("the agent is connected", () => server.isConnected);
  return agent;
}
