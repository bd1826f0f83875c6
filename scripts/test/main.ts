// npm test: everything, from what a clean clone needs to one last line that says how it went.
//   --suite=unit,database   only these       --nightly   more rounds, four times the time; the results are kept in tests/nightly/
import { spawnSync } from "node:child_process";
import path from "node:path";
import { installPackages } from "../debianPackages.ts";
import { ensureBuilt } from "../ensureBuilt.ts";
import { thisMachine } from "../machine.ts";
import { projectFiles, projectRoot } from "../projectFiles.ts";
import type { GuestPace } from "./guestPace.ts";
import { measureGuestPace, ONE_BY_ONE } from "./guestPace.ts";
import { keepNightlyResult, nightlyResult } from "./nightlyResult.ts";
import type { TestRecord } from "./results.ts";
import { sumLine, sumOf } from "./results.ts";
import type { SuiteCommand } from "./runSuite.ts";
import { runSuite } from "./runSuite.ts";
import type { SuiteSpec } from "./suites.ts";
import { SUITES } from "./suites.ts";

/** Debian packages that the tests use, beyond what npm brings. Tests that lack theirs are skipped, by name. */
const TEST_PACKAGES = [
  "age",
  "busybox-static",
  "chromium",
  "cryptsetup-bin",
  "curl",
  "dmsetup",
  "docker-compose",
  "docker.io",
  "e2fsprogs",
  "gcc",
  "gpg",
  "iproute2",
  "kmod",
  "libc6-dev",
  "openssh-server",
  "openssl",
  "postgresql-15",
  "procps",
  "prometheus",
  "rsync",
  "shellcheck",
  "socat",
  "sqlite3",
  "systemd",
  "user-mode-linux",
  "util-linux",
  "xfsprogs",
  "xxhash",
  // kubectl often comes from elsewhere than Debian, and then this package can't be installed beside it.
  ...(spawnSync("kubectl", ["version", "--client"]).error === undefined ? [] : ["kubernetes-client"]),
];

const isNightly = process.argv.includes("--nightly");
const chosen = process.argv
  .find((word) => word.startsWith("--suite="))
  ?.slice("--suite=".length)
  .split(",");
const unknown = chosen?.filter((name) => !SUITES.some((suite) => suite.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(", ")}; there are ${SUITES.map((suite) => suite.name).join(", ")}.`);
  process.exit(2);
}

const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => interrupted.abort());

const say = (line: string) => console.log(line);
const recorder = (name: string) => path.join(import.meta.dirname, name);

let measured: Promise<GuestPace | undefined> | undefined;

/** The pace that a suite has to be judged by: of guests, measured once, for those that work in guests; undefined for the others. */
async function paceFor(suite: SuiteSpec): Promise<GuestPace | undefined> {
  if (!suite.inGuests) return undefined;
  measured ??= measureGuestPace();
  return measured;
}

/** Vitest runs two files at a time; Playwright one anyway. */
const isOneByOne = (suite: SuiteSpec, pace: GuestPace | undefined): boolean =>
  suite.runner === "vitest" && pace?.sideBySide === false;

/** The share of a suite on this machine (minutes). One that is not the written one is said, with its reason. */
function shareOf(suite: SuiteSpec, pace: GuestPace | undefined): number {
  const written = isNightly ? (suite.nightlyMinutes ?? suite.budgetMinutes * 4) : suite.budgetMinutes;
  if (!pace) return written;
  const oneByOne = isOneByOne(suite, pace);
  const times = pace.shares * (oneByOne ? ONE_BY_ONE : 1);
  if (times === 1) return written;
  const start = `${(pace.nodeStartMs / 1000).toFixed(2)} s`;
  say(`NOTE: Node starts in ${start} in a guest here: ${suite.name} has ${times.toFixed(1)} times its written share.`);
  if (oneByOne) say("NOTE: two guests at once hinder each other here: one file after the other.");
  return written * times;
}

function commandOf(suite: SuiteSpec, shareMinutes: number, pace: GuestPace | undefined): SuiteCommand {
  const budgetMs = shareMinutes * 60_000;
  const shared = { name: suite.name, budgetMs, cwd: projectRoot };
  const env = { NO_COLOR: "1", ...(isNightly ? { SLACKWATER_NIGHTLY: "1" } : {}) };
  switch (suite.runner) {
    case "check":
      return { ...shared, env, file: process.execPath, args: [path.join(projectRoot, "scripts", "check.ts")] };
    case "vitest": {
      const reporters = ["--reporter=default", `--reporter=${recorder("vitestRecorder.ts")}`];
      const oneByOne = isOneByOne(suite, pace) ? ["--maxWorkers=1"] : [];
      return { ...shared, env, file: "vitest", args: ["run", "--project", suite.name, ...oneByOne, ...reporters] };
    }
    case "playwright": {
      const args = ["test", `--project=${suite.name}`, `--reporter=list,${recorder("playwrightRecorder.ts")}`];
      return { ...shared, env, file: "playwright", args };
    }
    default:
      return suite.runner satisfies never;
  }
}

/** What must be there before a suite can run; returns why it is not. */
function prepare(suite: SuiteSpec): string | undefined {
  if (suite.runner !== "playwright") return undefined;
  return ensureBuilt() ? undefined : "the production build failed";
}

/** The commit that is checked out; a tree that was changed since then says so. */
function commitHere(): string {
  const git = (...words: readonly string[]) => spawnSync("git", words, { cwd: projectRoot, encoding: "utf8" }).stdout;
  const changes = git("status", "--porcelain", "--", ".", ":!tests/nightly").trim();
  return `${git("rev-parse", "--short", "HEAD").trim()}${changes === "" ? "" : "+changes"}`;
}

const startedAt = performance.now();
const all: TestRecord[] = [];
const summary: string[] = [];
const stillMissing = installPackages(TEST_PACKAGES, "the tests", say);
if (stillMissing) say(`NOTE: ${stillMissing}`);

const files = projectFiles();
for (const suite of SUITES) {
  if (chosen && !chosen.includes(suite.name)) continue;
  if (interrupted.signal.aborted) break;
  if (!files.some(suite.owns)) {
    say(`\n== ${suite.name}: empty, there are no tests of it yet`);
    summary.push(`${suite.name.padEnd(9)} empty`);
    continue;
  }
  const pace = await paceFor(suite);
  const shareMinutes = shareOf(suite, pace);
  say(`\n== ${suite.name}: ${suite.about} (at most ${Math.round(shareMinutes)} min)`);
  const obstacle = prepare(suite);
  const { records, tookMs } = obstacle
    ? {
        records: [{ file: suite.name, title: obstacle, outcome: "failed" as const, tookMs: 0, because: "see above" }],
        tookMs: 0,
      }
    : await runSuite(commandOf(suite, shareMinutes, pace), interrupted.signal);
  all.push(...records);
  if (isNightly && !interrupted.signal.aborted) {
    const run = { at: new Date(), commit: commitHere(), machine: thisMachine(), tookMs };
    say(`KEPT ${keepNightlyResult(projectRoot, nightlyResult(suite.name, records, run))}: commit it.`);
  }
  summary.push(`${suite.name.padEnd(9)} ${sumLine(sumOf(records))} in ${(tookMs / 1000).toFixed(0)} s`);
}

say(`\n== in all: ${((performance.now() - startedAt) / 60_000).toFixed(1)} min`);
for (const line of summary) say(line);
for (const record of all) {
  if (record.outcome === "skipped")
    say(`SKIPPED ${record.file}: ${record.title}${record.because ? `: ${record.because}` : ""}`);
}
if (stillMissing) say(`NOTE: ${stillMissing}`);
for (const record of all) {
  if (record.outcome === "failed") say(`FAILED  ${record.file}: ${record.title}: ${record.because}`);
}
if (interrupted.signal.aborted) {
  all.push({ file: "npm test", title: "interrupted", outcome: "failed", tookMs: 0, because: "" });
  say("FAILED  interrupted: not every suite was run");
}
const sum = sumOf(all);
if (sum.passed === 0 && sum.failed === 0) {
  say("FAILED  not one test was run");
  say(sumLine({ ...sum, failed: 1 }));
  process.exitCode = 1;
} else {
  say(sumLine(sum));
  process.exitCode = sum.failed > 0 ? 1 : 0;
}
