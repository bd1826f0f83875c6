/**
 * The generated client's names for whoever may not import it: row types, `Prisma.sql`, input types. Only client.ts makes
 * a PrismaClient.
 */
export type * from "../../generated/prisma/client.ts";
export { Prisma } from "../../generated/prisma/client.ts";
