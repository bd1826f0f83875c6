import fc from "fast-check";
import { expect, test } from "vitest";
import { Progress } from "../../../protocol/agent.ts";
import { harmlessFailure, harmlessProgress } from "./harmless.ts";

test("progress over 100 % is shown as 100 % and marked; true progress is left as it is", () => {
  const lying = { done: 150, total: 100, unit: "bytes", filesDone: 9, filesTotal: 3, etaMs: 1e300 } as const;
  expect(harmlessProgress(lying)).toEqual({
    progress: { done: 100, total: 100, unit: "bytes", filesDone: 3, filesTotal: 3, etaMs: 31_622_400_000 },
    clamped: true,
  });
  const honest = { done: 50, total: 100, unit: "files", ratePerSecond: 3, item: "a b" } as const;
  expect(harmlessProgress(honest)).toEqual({ progress: honest, clamped: false });
});

test("whatever numbers come, what is shown lies between nothing and everything", () => {
  const number = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(number, fc.option(number, { nil: undefined }), (done, total) => {
      const said = Progress.parse({ done, ...(total === undefined ? {} : { total }), unit: "rows" });
      const { progress } = harmlessProgress(said);
      expect(progress.done).toBeLessThanOrEqual(progress.total ?? Number.MAX_SAFE_INTEGER);
      expect(Progress.safeParse(progress).success).toBe(true);
    }),
  );
});

test("a terminal sequence or a newline in a file name or a failure shows as its code", () => {
  const { progress } = harmlessProgress({ done: 0, unit: "bytes", item: "a\u001b[31m\nb\u202e" });
  expect(progress.item).toBe("a\\u{1b}[31m\\nb\\u{202e}");
  expect(harmlessFailure({ code: "programFailed", message: "\u0007bell", detail: "x\u001bc" })).toEqual({
    code: "programFailed",
    message: "\\u{7}bell",
    detail: "x\\u{1b}c",
  });
});
