import type { HostView } from "../../protocol/http/hosts.ts";
import { connectedHosts } from "../db/hostLinks.ts";
import type { PrismaClient } from "../db/prisma.ts";
import type { House } from "../identity/door.ts";
import { presentHost } from "./present.ts";

/** Every host that is enrolled, with its newest stored health and the windows that are still open on it. */
export async function listHosts({ prisma, pool }: Pick<House, "prisma" | "pool">): Promise<readonly HostView[]> {
  const connected = await connectedHosts(pool);
  const hosts = await prisma.host.findMany({
    where: { revokedAt: null },
    orderBy: { name: "asc" },
    include: { health: { orderBy: { at: "desc" }, take: 1 } },
  });
  const runs = await prisma.run.findMany({
    where: { stage: { not: "ended" } },
    select: { window: { select: { id: true, title: true, hosts: true } } },
  });
  return hosts.map((host) =>
    presentHost(
      host,
      { connected: connected.has(host.id), health: host.health[0]?.sample },
      runs
        .filter(({ window }) => Object.values(window.hosts ?? {}).includes(host.id))
        .map(({ window }) => ({ windowId: window.id, title: window.title })),
    ),
  );
}

/** Health of a host since a moment, oldest first, at most one row in ten seconds. */
export async function healthSince(prisma: PrismaClient, hostId: string, sinceMs: number) {
  const rows = await prisma.healthSample.findMany({
    where: { hostId, at: { gte: BigInt(sinceMs) } },
    orderBy: { at: "asc" },
    take: 2000,
  });
  return rows.map((row) => row.sample);
}
