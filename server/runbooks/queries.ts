import { plannedDurationMs } from "../../domain/forecast/plannedDuration.ts";
import { compileRunbook } from "../../domain/runbook/compile.ts";
import type { RunbookLine, RunbookView } from "../../protocol/http/runbooks.ts";
import { compileStored } from "../db/compileText.ts";
import type { PrismaClient } from "../db/prisma.ts";
import { sha256 } from "../db/sha256.ts";

/** The newest version of each runbook, by title. */
export async function listRunbooks(prisma: PrismaClient): Promise<readonly RunbookLine[]> {
  const newest = await prisma.runbook.findMany({
    orderBy: [{ slug: "asc" }, { createdAt: "desc" }],
    distinct: ["slug"],
  });
  return newest.map((row) => ({
    digest: row.digest,
    slug: row.slug,
    title: row.title,
    version: row.version,
    summary: summaryOf(row.text),
    createdAt: row.createdAt.getTime(),
  }));
}

/** One that an older Slackwater stored and this one can't read must not take the others from the list. */
function summaryOf(text: string): string {
  const compilation = compileRunbook(text, sha256);
  if (compilation.ok) return compilation.compiled.runbook.summary;
  const [problem] = compilation.problems;
  return `This version can't be used here: ${problem?.message ?? "it can't be read."} Store a newer one.`;
}

/** One version of a runbook, as the form of a new window and the Runbooks page show it. */
export async function viewRunbook(prisma: PrismaClient, digest: string): Promise<RunbookView | undefined> {
  const row = await prisma.runbook.findUnique({ where: { digest } });
  if (!row) return undefined;
  const { runbook, steps, triggers } = compileStored(row.text);
  return {
    digest: row.digest,
    slug: row.slug,
    title: row.title,
    version: row.version,
    summary: runbook.summary,
    createdAt: row.createdAt.getTime(),
    text: row.text,
    hosts: Object.entries(runbook.hosts).map(([role, host]) => ({ role, title: host.title })),
    parameters: Object.entries(runbook.parameters).map(([name, spec]) => ({
      name,
      title: spec.title ?? name.replaceAll("_", " "),
      type: spec.type,
      default: spec.default ?? null,
      choices: spec.choices ?? null,
      pattern: spec.pattern ?? null,
      description: spec.description,
    })),
    steps: steps.map((step) => ({
      id: step.id,
      number: step.index ?? null,
      title: step.title,
      kind: step.work.kind,
      // Nothing is measured yet: what grows with a size has no figure.
      plannedMs: typeof step.lasts === "string" ? plannedDurationMs(step.lasts, {}).ms : null,
    })),
    triggers: triggers.map(({ id, forMs, source }) => ({ id, title: source.title, action: source.action, forMs })),
  };
}
