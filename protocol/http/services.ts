import { z } from "zod";

/** POST /api/services. */
export const CreateServiceBody = z.strictObject({
  slug: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "Lower-case letters, digits and hyphens."),
  name: z.string().trim().min(1, "Give the service the name that users know.").max(120),
  description: z.string().max(400).default(""),
});
export type CreateServiceBody = z.infer<typeof CreateServiceBody>;
