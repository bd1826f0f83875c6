import { z } from "zod";

/** Where a text was found that should be nowhere. */
export const Found = z.object({
  /** Of the text, never the text itself. */
  name: z.string(),
  place: z.enum(["file", "arguments", "environment", "memory", "row"]),
  /** A path, a process, a table. */
  where: z.string(),
});
export type Found = z.infer<typeof Found>;
