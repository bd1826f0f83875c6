import { compileRunbook } from "../../domain/runbook/compile.ts";
import type { Problem } from "../../domain/runbook/problem.ts";
import type { PrismaClient } from "../db/prisma.ts";
import { sha256 } from "../db/sha256.ts";

/** A stored version, or what is wrong with the text, line by line. */
export type StoredRunbook =
  | { readonly ok: true; readonly digest: string; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Stores a version of a runbook under the digest of its text. The same text again is the same version. `createdBy` null: shipped. */
export async function storeRunbook(
  prisma: PrismaClient,
  text: string,
  createdBy: string | null,
): Promise<StoredRunbook> {
  const compilation = compileRunbook(text, sha256);
  if (!compilation.ok) return { ok: false, problems: compilation.problems };
  const { digests, runbook } = compilation.compiled;
  await prisma.runbook.upsert({
    where: { digest: digests.whole },
    update: {},
    create: {
      digest: digests.whole,
      slug: runbook.id,
      title: runbook.title,
      version: runbook.version,
      text,
      executableDigest: digests.executable,
      createdBy,
    },
  });
  return { ok: true, digest: digests.whole, warnings: compilation.warnings };
}
