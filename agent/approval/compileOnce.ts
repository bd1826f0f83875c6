import type { Sha256 } from "../../domain/digest.ts";
import type { Digest } from "../../domain/ids.ts";
import type { CompiledRunbook } from "../../domain/runbook/compiled.ts";

/** A compiled runbook, or in words why the text is none. */
export type Compile = (text: string, sha256: Sha256) => Promise<CompiledRunbook | string>;

const KEPT = 4;

/**
 * Compiles with the same code as the server and the browser, loaded when it is first needed, and keeps the last few: each step of a
 * run brings the same text.
 */
export function compileOnce(): Compile {
  const kept = new Map<Digest, CompiledRunbook | string>();
  return async (text, sha256) => {
    const digest = sha256(text);
    const known = kept.get(digest);
    if (known !== undefined) return known;
    const { compileRunbook } = await import("../../domain/runbook/compile.ts");
    const compilation = compileRunbook(text, sha256);
    const [problem] = compilation.ok ? [] : compilation.problems;
    const compiled = compilation.ok
      ? compilation.compiled
      : `line ${problem?.line ?? 0}: ${problem?.message ?? "no runbook"}`;
    kept.set(digest, compiled);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return compiled;
  };
}
