/**
 * The generated client's types for whoever may not import it: rows, inputs, PrismaClient as an argument. Only client.ts
 * makes a PrismaClient.
 */
export type * from "../../generated/prisma/client.ts";
