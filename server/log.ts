import { storableText } from "../domain/text/storable.ts";
import { traceNow } from "./identity/requestTrace.ts";

/** Writes one line for whoever runs the server. Never a secret, never a person's name. */
export type Log = (line: string) => void;

/**
 * Logs to stderr, so that stdout stays for programs: one line of text, or one JSON object for a collector. What is said while a request is
 * worked on has its trace.
 */
export function createLog(format: "plain" | "json", part = "server"): Log {
  return (line) => {
    const at = new Date().toISOString();
    // A host's own words can end up in a line; a newline in them must not look like a second one.
    const text = storableText(line).replaceAll("\n", "\\n");
    const trace = traceNow();
    process.stderr.write(
      format === "json"
        ? `${JSON.stringify({ at, part, line: text, ...(trace === undefined ? {} : { trace }) })}\n`
        : `${at} ${part}: ${text}${trace === undefined ? "" : ` trace=${trace}`}\n`,
    );
  };
}
