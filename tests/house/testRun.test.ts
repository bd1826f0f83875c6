import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SuiteCommand } from "../../scripts/test/runSuite.ts";
import { runSuite } from "../../scripts/test/runSuite.ts";
import { isRunning } from "../../server/db/embedded/process.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), "slackwater-house-"));
});
afterEach(() => {
  rmSync(cwd, { recursive: true });
});

const PASSED = JSON.stringify({ file: "a", title: "slow one", outcome: "passed", tookMs: 900, because: "" });

/** A suite that is a shell script; `$R` is the file that its tests are recorded in. */
function suite(script: string, budgetMs = 20_000): SuiteCommand {
  const told = `R=$SLACKWATER_TEST_RECORD; ${script}`;
  return { name: "sample", file: "sh", args: ["-c", told], budgetMs, cwd };
}

describe("a suite", () => {
  test("is what its tests say, when all is well", async () => {
    const { records } = await runSuite(suite(`echo '${PASSED}' >> $R`));
    expect(records.map((one) => one.outcome)).toEqual(["passed"]);
  });

  test("that breaks without a failed test is failed", async () => {
    const { records } = await runSuite(suite(`echo '${PASSED}' >> $R; exit 7`));
    expect(records.at(-1)).toMatchObject({ outcome: "failed", because: expect.stringContaining("exit code 7") });
  });

  test("whose program is missing is failed", async () => {
    const { records } = await runSuite({ ...suite(""), file: "/nowhere/program" });
    expect(records).toMatchObject([{ outcome: "failed", because: expect.stringContaining("can't be started") }]);
  });

  test("over its share of the time is failed, and names its slow tests", async () => {
    const { records } = await runSuite(suite(`echo '${PASSED}' >> $R; sleep 0.3`, 250));
    expect(records.at(-1)).toMatchObject({ outcome: "failed", because: expect.stringContaining("slow one (0.9 s)") });
  });

  test("that hangs is ended with everything in its group, and what it recorded is kept", async () => {
    const startedAt = performance.now();
    const { records } = await runSuite(
      suite(`echo '${PASSED}' >> $R; printf '{"fi' >> $R; sleep 300 & sleep 300`, 400),
    );
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(records.map((one) => one.outcome)).toEqual(["passed", "failed"]);
  });

  test("that leaves a process running is failed, and the process is ended", async () => {
    // In a session of its own, as a daemon is: neither the group nor the parent leads to it.
    const { records } = await runSuite(
      suite(`setsid sleep 300 > /dev/null 2>&1 & echo $! > pid; echo '${PASSED}' >> $R`),
    );
    expect(records.at(-1)).toMatchObject({ outcome: "failed", because: expect.stringMatching(/^(\d+) sleep 300$/) });
    const pid = Number(records.at(-1)?.because.split(" ")[0]);
    expect(isRunning(pid)).toBe(false);
  });

  test("can be interrupted", async () => {
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(), 200);
    const { records } = await runSuite(suite("sleep 300"), interrupt.signal);
    expect(records).toMatchObject([{ outcome: "failed", because: expect.stringContaining("SIGTERM") }]);
  });
});
