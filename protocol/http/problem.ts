import { z } from "zod";
import { PROBLEM_CODES } from "./problemCodes.ts";

/** Why a request was refused before it became an order. Refusals of orders have their own list (domain/run/refusals.ts). */
export const ProblemCode = z.enum(PROBLEM_CODES);
export type ProblemCode = z.infer<typeof ProblemCode>;

/** The body of every answer that is not a success: what happened, what to do, and for a form, which field is wrong and why. */
export const Problem = z.strictObject({
  code: ProblemCode,
  /** One sentence: what happened. */
  message: z.string(),
  /** One sentence: what to do. */
  todo: z.string().optional(),
  /** Refusal code of an order, where `code` is `refused`. */
  because: z.string().optional(),
  /** Field path (`parameters.mount`) to what is wrong with it. */
  fields: z.record(z.string(), z.string()).optional(),
});
export type Problem = z.infer<typeof Problem>;
