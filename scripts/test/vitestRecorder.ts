import path from "node:path";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { oneLine, writeRecord } from "./results.ts";

/** Tells the test run of each vitest test as it ends, and of files that did not even load. */
export default class VitestRecorder implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    const shared = { file: fileOf(test.module), title: test.fullName, tookMs: test.diagnostic()?.duration ?? 0 };
    switch (result.state) {
      case "passed":
        return writeRecord({ ...shared, outcome: "passed", because: "" });
      case "failed":
        return writeRecord({ ...shared, outcome: "failed", because: oneLine(result.errors[0]?.message) });
      case "skipped":
        return writeRecord({ ...shared, outcome: "skipped", because: result.note ?? "" });
      case "pending":
        return writeRecord({ ...shared, outcome: "failed", because: "it did not end" });
      default:
        return result satisfies never;
    }
  }

  onTestModuleEnd(module: TestModule): void {
    for (const error of module.errors()) {
      const because = oneLine(error.message);
      writeRecord({ file: fileOf(module), title: "(the file itself)", outcome: "failed", tookMs: 0, because });
    }
    // A hook that fails before the first test fails its describe block, and no test of it says so.
    for (const suite of module.children.allSuites()) {
      for (const error of suite.errors()) {
        const because = oneLine(error.message);
        writeRecord({
          file: fileOf(module),
          title: `${suite.fullName} (a hook)`,
          outcome: "failed",
          tookMs: 0,
          because,
        });
      }
    }
  }
}

function fileOf(module: TestModule): string {
  return path.relative(process.cwd(), module.moduleId);
}
