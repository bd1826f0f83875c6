import { z } from "zod";

/** One of the conditions in an object's status, as the API server tells it. */
export const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(""),
  message: z.string().default(""),
  /** The generation of the object that it was observed on; controllers that keep none leave it out. */
  observedGeneration: z.int().optional(),
});
