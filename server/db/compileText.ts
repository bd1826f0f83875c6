import { compileRunbook } from "../../domain/runbook/compile.ts";
import type { CompiledRunbook } from "../../domain/runbook/compiled.ts";
import { sha256 } from "./sha256.ts";

/** The plan of a runbook that is on record. It was checked before it was stored: one that does not compile now is a defect, and throws. */
export function compileStored(text: string): CompiledRunbook {
  const compilation = compileRunbook(text, sha256);
  if (compilation.ok) return compilation.compiled;
  const [problem] = compilation.problems;
  throw new Error(`a stored runbook does not compile: ${problem?.message ?? "no reason given"}`);
}
