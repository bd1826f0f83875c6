import path from "node:path";
import type { FullConfig, Reporter, Suite, TestCase, TestError, TestResult } from "@playwright/test/reporter";
import { oneLine, writeRecord } from "./results.ts";

/** Tells the test run of each browser test as it ends. */
export default class PlaywrightRecorder implements Reporter {
  #planned: readonly TestCase[] = [];
  readonly #seen = new Set<string>();

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#planned = suite.allTests();
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    if (result.retry < test.retries && result.status !== "passed" && result.status !== "skipped") return;
    this.#seen.add(test.id);
    const outcome = test.outcome() === "skipped" ? "skipped" : test.ok() ? "passed" : "failed";
    const note = test.annotations.find((one) => one.type === "skip")?.description;
    const because = outcome === "failed" ? oneLine(result.error?.message) || result.status : (note ?? "");
    writeRecord({ file: fileOf(test), title: titleOf(test), outcome, tookMs: result.duration, because });
  }

  onError(error: TestError): void {
    const because = oneLine(error.message);
    writeRecord({ file: "tests/e2e", title: "(outside of a test)", outcome: "failed", tookMs: 0, because });
  }

  onEnd(): void {
    for (const test of this.#planned) {
      if (this.#seen.has(test.id)) continue;
      writeRecord({
        file: fileOf(test),
        title: titleOf(test),
        outcome: "failed",
        tookMs: 0,
        because: "it was not run",
      });
    }
  }
}

const fileOf = (test: TestCase) => path.relative(process.cwd(), test.location.file);
/** Without the project and the file, which stand first. */
const titleOf = (test: TestCase) => test.titlePath().filter(Boolean).slice(2).join(" > ");
