import type { PrismaClient } from "../db/prisma.ts";

/** Adds a service; answers undefined when the slug is taken. */
export async function createService(
  prisma: PrismaClient,
  service: { slug: string; name: string; description: string },
) {
  const taken = await prisma.service.findUnique({ where: { slug: service.slug } });
  return taken ? undefined : prisma.service.create({ data: service });
}
