import { z } from "zod";
import { canonicalJson } from "../canonicalJson.ts";
import type { Sha256 } from "../digest.ts";
import { Digest, RunId, UserId } from "../ids.ts";
import { LoggedEvent } from "../run/events.ts";
import { Instant } from "../time.ts";
import { EvidenceIndex } from "./evidenceIndex.ts";

/** Somebody who appears in the log: a pseudonym and the public keys they decide with (a passkey's COSE in base64url, an SSH key's type and base64). No name. */
export const ExportedPerson = z.strictObject({
  userId: UserId,
  publicKeys: z.array(z.string().max(8000)).max(50),
});
export type ExportedPerson = z.infer<typeof ExportedPerson>;

/** First line of an exported run. The runbook's text stands in it whole, so that everything can be checked offline. */
export const ExportHeader = z.strictObject({
  format: z.literal("slackwater-run/1"),
  runId: RunId,
  exportedAt: Instant,
  /** Relying party and origins that passkeys signed for. */
  relyingParty: z.strictObject({
    rpId: z.string().max(253),
    /** Present where the host name was moved in between: some signed under this name, some under the one before. */
    otherRpIds: z.array(z.string().max(253)).max(20).optional(),
    origins: z.array(z.string().max(400)).max(20),
  }),
  people: z.array(ExportedPerson).max(1000),
  runbook: z.string().max(4_000_000),
});
export type ExportHeader = z.infer<typeof ExportHeader>;

/** Last line: how many events, the head of their chain, and the SHA-256 over every byte before this line. */
export const ExportFooter = z.strictObject({
  events: z.int().min(1),
  head: Digest,
  sha256: Digest,
  /** What shows which control, for whoever reads the file; it follows from the lines before, and `verify` holds it against them. */
  evidence: EvidenceIndex.optional(),
});
export type ExportFooter = z.infer<typeof ExportFooter>;

/** What is exported of a run. */
export interface RunExport {
  readonly header: ExportHeader;
  readonly events: readonly LoggedEvent[];
  /** Absent in files of before. */
  readonly evidence?: EvidenceIndex | undefined;
}

/**
 * Writes an exported run: one line of canonical JSON each for the header, every event, and the footer; every line ends in a
 * line feed. There is exactly one text for one run, so that any other text is not it.
 */
export function writeExport({ header, events, evidence }: RunExport, sha256: Sha256): string {
  const last = events.at(-1);
  if (last === undefined) throw new TypeError("a run without events can't be exported");
  const body = [header, ...events].map((line) => `${canonicalJson(line)}\n`).join("");
  const footer: ExportFooter = {
    ...{ events: events.length, head: last.hash, sha256: sha256(body) },
    ...(evidence === undefined ? {} : { evidence }),
  };
  return `${body}${canonicalJson(footer)}\n`;
}

/** What was read, or at which line the file is no exported run (counted from 1; 0 is the whole file). */
export type ReadExport =
  | { readonly ok: true; readonly run: RunExport }
  | { readonly ok: false; readonly line: number; readonly problem: string };

/**
 * Reads an exported run from its bytes and refuses any that differ, in one byte, from what was written: not UTF-8, another
 * spelling of the same JSON, a wrong digest, lines missing or moved. The chain of the events is checked in verifyExport.ts.
 */
export function readExport(bytes: Uint8Array, sha256: Sha256): ReadExport {
  const text = decode(bytes);
  if (text === undefined) return refused(0, "it is not UTF-8 text");
  if (!text.endsWith("\n")) return refused(0, "it does not end with a line feed: its end is missing");
  const lines = text.slice(0, -1).split("\n");
  const [first, ...rest] = lines;
  const lastLine = rest.pop();
  if (first === undefined || lastLine === undefined || rest.length === 0) return refused(0, "it is too short");
  const footer = parseLine(ExportFooter, lastLine);
  if (footer === undefined) return refused(lines.length, "this is not the last line of an exported run");
  if (sha256(text.slice(0, text.length - lastLine.length - 1)) !== footer.sha256) {
    return refused(0, "the SHA-256 in its last line is not that of the lines before: it was changed");
  }
  const header = parseLine(ExportHeader, first);
  if (header === undefined) return refused(1, "this is not the first line of an exported run");
  if (footer.events !== rest.length)
    return refused(lines.length, `it counts ${footer.events} events, there are ${rest.length}`);
  const events: LoggedEvent[] = [];
  for (const [index, line] of rest.entries()) {
    const event = parseLine(LoggedEvent, line);
    if (event === undefined) return refused(index + 2, "this is no event of this version");
    events.push(event);
  }
  if (events.at(-1)?.hash !== footer.head) return refused(lines.length, "the head is not the hash of the last event");
  return { ok: true, run: { header, events, evidence: footer.evidence } };
}

function refused(line: number, problem: string): ReadExport {
  return { ok: false, line, problem };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    // ignoreBOM keeps a byte-order mark in the text, where it is then refused.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

// Read, and written again: equal bytes or nothing. JSON that says the same in other words is not the file that was exported.
function parseLine<T>(schema: z.ZodType<T>, line: string): T | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(line));
    return parsed.success && canonicalJson(parsed.data) === line ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
