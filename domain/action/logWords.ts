import { z } from "zod";
import { TextList, WholeNumber } from "./argument.ts";

/** What is looked for in the last lines of a log, for the packs that read one. Words, no expressions: one of those can run without end. */
export function logWords(whose: "container" | "pod") {
  return {
    lines: WholeNumber.pipe(z.int().min(1).max(10_000))
      .default(100)
      .describe(`How many of the last lines of each ${whose} are looked at.`),
    errors: TextList.default(["error"]).describe(
      "Lines that hold one of these count as errors, upper and lower case alike. Plain text: an expression can run without end.",
    ),
    benign: TextList.default([]).describe("Lines that hold one of these don't count, upper and lower case alike."),
    allowed: WholeNumber.pipe(z.int().min(0)).default(0).describe("So many errors are still good."),
  };
}
