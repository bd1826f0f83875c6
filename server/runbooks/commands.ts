import { compileRunbook } from "../../domain/runbook/compile.ts";
import type { Problem } from "../../domain/runbook/problem.ts";
import { sha256 } from "../db/sha256.ts";
import type { Once } from "../identity/once.ts";

/** A stored version, or what is wrong with the text, line by line. */
export type StoredRunbook =
  | { readonly ok: true; readonly digest: string; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Stores a version of a runbook under the digest of its text. The same text again is the same version. `createdBy` null: shipped. A text
 * that is wrong is judged each time, and uses no key up.
 */
export async function storeRunbook(
  once: Once<StoredRunbook>,
  text: string,
  createdBy: string | null,
): Promise<StoredRunbook> {
  const earlier = await once.earlier();
  if (earlier) return earlier;
  const compilation = compileRunbook(text, sha256);
  if (!compilation.ok) return { ok: false, problems: compilation.problems };
  const { digests, runbook } = compilation.compiled;
  const digest = digests.whole;
  return once.write(async (client) => {
    await client.query(
      `insert into runbook (digest, slug, title, version, text, executable_digest, created_by)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (digest) do nothing`,
      [digest, runbook.id, runbook.title, runbook.version, text, digests.executable, createdBy],
    );
    return { ok: true, digest, warnings: compilation.warnings };
  });
}
