import type { HostIncidentView } from "../../protocol/http/hosts.ts";
import type { PrismaClient } from "../db/prisma.ts";

/** How long an incident stays on the page (ms); it stays in the database. */
const SHOWN_MS = 30 * 86_400_000;

/** What happened with hosts in the last 30 days that nobody may overlook, newest first. */
export async function listIncidents(prisma: PrismaClient, now: number): Promise<readonly HostIncidentView[]> {
  const rows = await prisma.hostIncident.findMany({
    where: { at: { gte: new Date(now - SHOWN_MS) } },
    orderBy: { at: "desc" },
    take: 50,
  });
  const hosts = await prisma.host.findMany({
    where: { id: { in: [...new Set(rows.map(({ hostId }) => hostId))] } },
    select: { id: true, name: true },
  });
  const nameOf = new Map(hosts.map(({ id, name }) => [id, name]));
  return rows.map(({ id, hostId, at, kind, detail }) => ({
    id,
    hostId,
    host: nameOf.get(hostId) ?? "a removed host",
    at: at.getTime(),
    kind,
    detail,
  }));
}
