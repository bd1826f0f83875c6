import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { peakMemoryBytes } from "../../../agent/process/processTable.ts";
import { LonelyAgent, programPath, until } from "./support/lonelyAgent.ts";

let agent: LonelyAgent;
let dir: string;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "slackwater-programs-"));
  agent = await new LonelyAgent({ outputLimitBytes: 4 * 1024 * 1024 }).up();
});
afterEach(async () => {
  rmSync(dir, { recursive: true, force: true });
  expect(await agent.clear()).toEqual([]);
});

test("100 MB without a newline leave the runner's memory and the disk bounded, and every dropped byte is stated", async () => {
  const taskId = await agent.order("test.lines", { file: "head", args: ["-c", "100000000", "/dev/zero"] });
  let peak = 0;
  const runner = () => JSON.parse(readFileSync(agent.paths(taskId).runner, "utf8")).process.pid as number;
  const watch = setInterval(() => {
    try {
      peak = Math.max(peak, peakMemoryBytes(runner()) ?? 0);
    } catch {
      // not there yet, or gone
    }
  }, 50);
  const report = await agent.ended(taskId, 60_000);
  clearInterval(watch);
  expect(report).toMatchObject({ outcome: "succeeded", result: { lines: [["\\u{0}".repeat(20), true]] } });
  expect(peak).toBeGreaterThan(0);
  expect(peak).toBeLessThan(250_000_000);
  const chunks = await agent.output(taskId);
  const sizes = chunks.map((chunk) => (chunk.kind === "lost" ? chunk.length : chunk.bytes.length));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(report.outputBytes);
  expect(report.outputBytes).toBeGreaterThan(100_000_000);
  expect(chunks.filter(({ kind }) => kind === "lost")).toMatchObject([{ because: "limit" }]);
});

test("any byte that a program writes is kept as it is: ANSI, HTML, NUL, broken UTF-8", async () => {
  const taskId = await agent.order("test.run", {
    file: "printf",
    args: ["\\033[2J<script>alert(1)</script>\\000\\377\\376 %%s \\r\\n"],
  });
  await agent.ended(taskId);
  expect(await agent.text(taskId, "stdout")).toBe("\u001b[2J<script>alert(1)</script>\0\u00ff\u00fe %s \r\n");
});

test("a missing program is named, not guessed", async () => {
  const taskId = await agent.order("test.run", { file: "slackwater-no-such-program" });
  expect(await agent.ended(taskId)).toMatchObject({
    outcome: "failed",
    failure: { code: "toolMissing", message: expect.stringContaining("slackwater-no-such-program") },
  });
});

test("an exit code that is an answer is no failure", async () => {
  const taskId = await agent.order("test.run", { file: "false", acceptExitCodes: [0, 1] });
  expect(await agent.ended(taskId)).toMatchObject({ outcome: "succeeded", result: { exit_code: 1 } });
});

test("a program has a minimal environment, its own session, no core dumps and, when asked, another user", async () => {
  const taskId = await agent.order("test.run", {
    file: "bash",
    args: ["-c", "env | sort; ulimit -c; id -u; ps -o sid= -p $$ | tr -d ' '; echo $$"],
    as: { uid: 65534, gid: 65534 },
  });
  const report = await agent.ended(taskId);
  const lines = report.outcome === "succeeded" ? String(report.result.stdout).trim().split("\n") : [];
  const names = lines.filter((line) => line.includes("=")).map((line) => line.split("=")[0]);
  expect(names).toEqual(["LC_ALL", "PATH", "PWD", "SHLVL", "SLACKWATER_PROGRAM", "SLACKWATER_TASK", "TZ", "_"]);
  const [core, uid, session, own] = lines.slice(-4);
  expect(core).toBe("0");
  expect(uid).toBe("65534");
  expect(session).toBe(own);
});

test("CPU time and peak memory of a program are measured", async () => {
  const taskId = await agent.order("test.run", {
    file: "/usr/bin/python3",
    // It holds its memory for longer than the time between two questions.
    args: ["-c", "import time\nx = bytearray(80_000_000)\nfor i in range(12_000_000): pass\ntime.sleep(0.5)"],
  });
  const report = await agent.ended(taskId);
  expect(report.outcome === "succeeded" && Number(report.result.user_cpu_ms)).toBeGreaterThan(100);
  expect(report.outcome === "succeeded" && Number(report.result.max_rss_bytes)).toBeGreaterThan(80_000_000);
});

test("programs side by side pass bytes on unchanged, into a file that only its owner can read", async () => {
  const file = join(dir, "dump.gz.enc");
  const encrypt = ["enc", "-aes-256-cbc", "-pbkdf2", "-pass", "fd:3", "-salt"];
  const secrets = { operational: "correct horse battery staple one two" };
  const made = await agent.order(
    "test.pipeline",
    {
      programs: [
        { file: "head", args: ["-c", "20000000", "/dev/urandom"] },
        { file: "tee", args: [join(dir, "plain")] },
        { file: "gzip", args: ["-1"] },
        { file: "openssl", args: encrypt, fdSecrets: ["operational"], toFile: file },
      ],
    },
    { secrets },
  );
  expect(await agent.ended(made)).toMatchObject({ outcome: "succeeded", result: { exit_codes: [0, 0, 0, 0] } });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const read = await agent.order(
    "test.pipeline",
    {
      programs: [
        { file: "openssl", args: [...encrypt, "-d", "-in", file], fdSecrets: ["operational"] },
        { file: "gzip", args: ["-dc"] },
        { file: "sha256sum", args: [] },
      ],
    },
    { secrets },
  );
  const report = await agent.ended(read);
  const digest = createHash("sha256")
    .update(readFileSync(join(dir, "plain")))
    .digest("hex");
  expect(report).toMatchObject({ outcome: "succeeded", result: { last: { stdout: `${digest}  -\n` } } });
});

test("when one of several programs fails, the first fault is reported and the half-made file is gone", async () => {
  const file = join(dir, "half");
  const taskId = await agent.order("test.pipeline", {
    programs: [
      { file: "bash", args: ["-c", "echo begun; echo 'no such database' >&2; exit 3"] },
      { file: "gzip", args: ["-1"] },
      { file: "cat", args: [], toFile: file },
    ],
  });
  expect(await agent.ended(taskId)).toMatchObject({
    outcome: "failed",
    exitCode: 3,
    failure: { message: "bash ended with exit code 3: no such database" },
  });
  expect(existsSync(file)).toBe(false);
  const reader = await agent.order("test.pipeline", {
    programs: [
      { file: "cat", args: ["/dev/zero"] },
      { file: "bash", args: ["-c", "head -c 1000 >/dev/null; exit 4"] },
    ],
  });
  expect(await agent.ended(reader)).toMatchObject({ outcome: "failed", exitCode: 4 });
});

test("who stops reading and fails later is the fault, and not who could write no more", async () => {
  const taskId = await agent.order("test.pipeline", {
    programs: [
      { file: "cat", args: ["/dev/zero"] },
      { file: "bash", args: ["-c", "head -c 1000 >/dev/null; exec 0<&-; sleep 0.5; echo 'no key' >&2; exit 4"] },
    ],
  });
  expect(await agent.ended(taskId)).toMatchObject({
    outcome: "failed",
    exitCode: 4,
    failure: { message: "bash ended with exit code 4: no key" },
  });
});

test("a file that is there already is not overwritten", async () => {
  const taskId = await agent.order("test.run", { file: "echo", args: ["x"], toFile: "/etc/hostname" });
  expect(await agent.ended(taskId)).toMatchObject({ outcome: "failed", failure: { code: "volumeExists" } });
});

test("progress is told at most ten times a second, its end always, and nonsense never", async () => {
  const taskId = await agent.order("test.progress");
  const report = await agent.ended(taskId);
  expect(report).toMatchObject({ outcome: "succeeded" });
  const told = agent.said.filter(({ said }) => said === "progress");
  expect(told.length).toBeLessThan((report.endedAt - report.startedAt) / 100 + 5);
  expect(told.length).toBeGreaterThan(3);
  await until("the last one is told", () => agent.said.findLast(({ said }) => said === "progress"));
  expect(told.at(-1)?.progress).toMatchObject({ done: 50, total: 50, item: "file 50" });
});

test("a failure of an action keeps its code, its words and its detail", async () => {
  const taskId = await agent.order("test.fail", { why: "base/1\u001b[31m" });
  expect(await agent.ended(taskId)).toMatchObject({
    outcome: "failed",
    failure: { code: "sourceNotAtRest", message: "Files are open: base/1\u001b[31m", detail: "postgres 4711" },
  });
});

test("every program stands in the log with its arguments, to be checked by hand", async () => {
  const taskId = await agent.order("test.run", { file: programPath("countThenExit.sh"), args: ["1", "0", "0"] });
  await agent.ended(taskId);
  expect(await agent.text(taskId, "note")).toMatch(
    /^\+ \/.*countThenExit\.sh 1 0 0\n= .*: exit code 0 after \d+\.\d s\n$/,
  );
});
