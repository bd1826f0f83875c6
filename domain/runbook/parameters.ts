import { z } from "zod";

export const ParameterName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, "a lower-case word: letters, digits and underscores");
export type ParameterName = z.infer<typeof ParameterName>;

/** Sizes are bytes, durations milliseconds; integers stay inside the safe range. */
export const ParameterValue = z.union([
  z.string().max(4000),
  z.number().refine(Number.isFinite, "a finite number"),
  z.boolean(),
]);
export type ParameterValue = z.infer<typeof ParameterValue>;

/** The parameters of a window: every one that the runbook declares, in its declared type. */
export const Parameters = z.record(ParameterName, ParameterValue);
export type Parameters = z.infer<typeof Parameters>;
