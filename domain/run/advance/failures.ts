import type { FailureCode, FailureReport } from "../../failure.ts";
import { clip } from "../clip.ts";

/** A failure that the engine itself finds, in the form of an agent's. */
export function failureOf(code: FailureCode, message: string, detail?: string): FailureReport {
  return { code, message: clip(message, 2000), ...(detail === undefined ? {} : { detail: clip(detail, 8000) }) };
}
