import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { endLeaks, findLeaks, RUN_MARK } from "./leaks.ts";
import type { TestRecord } from "./results.ts";
import { RECORD_FILE, readRecords, slowest } from "./results.ts";

/** A suite as it is run: a command whose recorder writes down each test. */
export interface SuiteCommand {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly budgetMs: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export interface SuiteOutcome {
  readonly records: readonly TestRecord[];
  readonly tookMs: number;
}

/** A suite that is over its share by this much hangs, and is ended. */
const END_AT_SHARES = 1.5;
const GRACE_MS = 5_000;

/**
 * Runs one suite to its end and says what happened, including what no test of it can say: that it took more than its
 * share, that it ended without saying which test failed, or that it left processes running. Each of these is one
 * failed record. Never throws for a failing suite.
 */
export async function runSuite(command: SuiteCommand, signal?: AbortSignal): Promise<SuiteOutcome> {
  const mark = randomUUID();
  const folder = path.join(command.cwd, "test-results");
  const recordFile = path.join(folder, `${command.name}.jsonl`);
  mkdirSync(folder, { recursive: true });
  rmSync(recordFile, { force: true });
  writeFileSync(recordFile, "");

  const startedAt = performance.now();
  const ended = await run(command, { [RUN_MARK]: mark, [RECORD_FILE]: recordFile }, signal);
  const tookMs = performance.now() - startedAt;

  const records = [...readRecords(recordFile)];
  const fail = (title: string, because: string) =>
    records.push({ file: command.name, title, outcome: "failed", tookMs: 0, because });
  if (tookMs > command.budgetMs) {
    const names = slowest(records, 5).map((one) => `${one.title} (${(one.tookMs / 1000).toFixed(1)} s)`);
    const share = `${(tookMs / 60_000).toFixed(1)} of ${(command.budgetMs / 60_000).toFixed(1)} minutes`;
    fail("the suite is over its share of the time", `${share}; slowest: ${names.join(", ") || "no test ended"}`);
  }
  if (ended !== "" && !records.some((one) => one.outcome === "failed")) {
    fail("the suite failed outside of its tests", `${ended}; its output is above`);
  }
  const leaks = await findLeaks(mark);
  if (leaks.length > 0) {
    await endLeaks(mark);
    const names = leaks.map((leak) => `${leak.pid} ${leak.command.slice(0, 160)}`);
    fail(`${leaks.length} processes were left running (now ended)`, names.join(" | "));
  }
  return { records, tookMs };
}

/** Runs the command in a process group of its own; returns "" when it ended well, else how it ended. */
function run(command: SuiteCommand, env: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: { ...process.env, ...command.env, ...env },
      stdio: ["ignore", "inherit", "inherit"],
      detached: true,
    });
    const group = (name: NodeJS.Signals) => {
      try {
        if (child.pid) process.kill(-child.pid, name);
      } catch {
        // It ended by itself.
      }
    };
    let forcing: NodeJS.Timeout | undefined;
    const end = () => {
      group("SIGTERM");
      forcing = setTimeout(() => group("SIGKILL"), GRACE_MS);
    };
    const overdue = setTimeout(end, command.budgetMs * END_AT_SHARES);
    signal?.addEventListener("abort", end, { once: true });
    const settle = (how: string) => {
      clearTimeout(overdue);
      clearTimeout(forcing);
      signal?.removeEventListener("abort", end);
      resolve(how);
    };
    child.once("error", (error) => settle(`${command.file} can't be started: ${error.message}`));
    child.once("exit", (code, name) => settle(code === 0 ? "" : name ? `ended by ${name}` : `exit code ${code}`));
  });
}
