import type { PrismaClient } from "../db/prisma.ts";

/** Every service, for choosing one and for the status page. */
export function listServices(prisma: PrismaClient) {
  return prisma.service.findMany({
    orderBy: { name: "asc" },
    select: { id: true, slug: true, name: true, description: true },
  });
}
