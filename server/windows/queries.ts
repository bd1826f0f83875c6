import { z } from "zod";
import { stateWordOf } from "../../domain/run/stateWord.ts";
import type { WindowLine } from "../../protocol/http/windows.ts";
import { WindowType } from "../../protocol/http/windows.ts";
import type { PrismaClient } from "../db/prisma.ts";

const HostsByRole = z.record(z.string(), z.uuid());

/** Every window with its newest run: open ones first by their start, then the ended ones, newest first. */
export async function listWindows(prisma: PrismaClient): Promise<readonly WindowLine[]> {
  const windows = await prisma.window.findMany({
    // The newest where there are very many; the list itself runs forward in time.
    orderBy: { startsAt: "desc" },
    take: 500,
    include: { service: true, runbook: { select: { title: true } }, runs: { orderBy: { createdAt: "desc" }, take: 1 } },
  });
  const hosts = await prisma.host.findMany({ select: { id: true, name: true } });
  const nameOfHost = new Map(hosts.map((host) => [host.id, host.name]));
  const lines = windows.toReversed().flatMap((window): { ended: boolean; line: WindowLine }[] => {
    const run = window.runs[0];
    if (!run) return [];
    const line: WindowLine = {
      windowId: window.id,
      runId: run.id,
      title: window.title,
      service: { slug: window.service.slug, name: window.service.name },
      type: WindowType.parse(window.type),
      kind: run.kind === "rehearsal" ? "rehearsal" : "live",
      startsAt: window.startsAt.getTime(),
      endsAt: window.endsAt.getTime(),
      zone: window.zone,
      hosts: Object.values(HostsByRole.parse(window.hosts)).map((id) => nameOfHost.get(id) ?? "a removed host"),
      stateWord: stateWordOf(run.stage, run.outcome),
      runbookTitle: window.runbook.title,
    };
    return [{ ended: run.stage === "ended", line }];
  });
  return [
    ...lines.filter(({ ended }) => !ended).map(({ line }) => line),
    ...lines
      .filter(({ ended }) => ended)
      .map(({ line }) => line)
      .reverse(),
  ];
}

/** The newest run of a window, or undefined. */
export async function runOfWindow(prisma: PrismaClient, windowId: string): Promise<string | undefined> {
  const run = await prisma.run.findFirst({ where: { windowId }, orderBy: { createdAt: "desc" }, select: { id: true } });
  return run?.id;
}
