import { plannedDurationMs } from "../../domain/forecast/plannedDuration.ts";
import type { RunbookLine, RunbookView } from "../../protocol/http/runbooks.ts";
import { compileStored } from "../db/compileText.ts";
import type { PrismaClient } from "../db/prisma.ts";

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
    summary: compileStored(row.text).runbook.summary,
    createdAt: row.createdAt.getTime(),
  }));
}

/** One version of a runbook, as the form of a new window and the Runbooks page show it. */
export async function viewRunbook(prisma: PrismaClient, digest: string): Promise<RunbookView | undefined> {
  const row = await prisma.runbook.findUnique({ where: { digest } });
  if (!row) return undefined;
  const { runbook, steps } = compileStored(row.text);
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
  };
}
