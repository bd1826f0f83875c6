import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { samplePaths } from "./sampleState.ts";

const ANSWER_WITHIN_MS = 60_000;
const END_WITHIN_MS = 10_000;

/** A program of ours that runs as a child of start.ts. */
export interface Program {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly logPath: string;
}

/**
 * Starts one of our programs with its settings in a file, its output appended to a log file. At once, without waiting for
 * anything: the caller can keep it before any signal comes.
 */
export function startProgram(folder: string, name: "sampleService" | "writingClient", settings: object): Program {
  const paths = samplePaths(folder);
  const settingsPath = join(paths.configFolder, `${name}.json`);
  writeFileSync(settingsPath, `${JSON.stringify(settings)}\n`);
  const logPath = join(paths.logFolder, `${name}.log`);
  const output = openSync(logPath, "a");
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`), settingsPath], {
    cwd: "/",
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  if (child.pid === undefined) throw new Error(`${name} did not start`);
  return { child, pid: child.pid, logPath };
}

/** Waits until the service and its database answer; throws when they do not. */
export async function waitUntilHealthy(url: string, service: Program): Promise<void> {
  const endMs = performance.now() + ANSWER_WITHIN_MS;
  while (performance.now() < endMs && service.child.exitCode === null) {
    const isHealthy = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isHealthy) return;
    await pause(50);
  }
  throw new Error(`The sample service does not answer; see ${service.logPath}`);
}

/** Asks a program to end and waits until it has; kills it when it takes longer than ten seconds. */
export async function end({ child }: Program): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const impatience = setTimeout(() => child.kill("SIGKILL"), END_WITHIN_MS);
  await gone;
  clearTimeout(impatience);
}
