import { z } from "zod";
import { evidenceIndex } from "../../domain/chain/evidenceIndex.ts";
import type { RunExport } from "../../domain/chain/exportFile.ts";
import { writeExport } from "../../domain/chain/exportFile.ts";
import type { SignedInEvent } from "../../domain/chain/signedIn.ts";
import { signedIn } from "../../domain/chain/signedIn.ts";
import type { RunId, UserId } from "../../domain/ids.ts";
import type { LoggedEvent } from "../../domain/run/events.ts";
import { fold } from "../../domain/run/evolve.ts";
import { compileRunbook } from "../../domain/runbook/compile.ts";
import type { Instant } from "../../domain/time.ts";
import { readEvents } from "./eventLog.ts";
import type { Queryable } from "./queryable.ts";
import { sha256 } from "./sha256.ts";

/** Rows of one read. */
const EVENTS_AT_ONCE = 10_000;

/** Where people sign, for the header of the file. */
type RelyingParty = RunExport["header"]["relyingParty"];

/**
 * The whole of a run as one file that can be checked without us (`slackwater verify`): its log, its runbook's text, and the public
 * keys of those who decided. No name is in it. Undefined when there is no such run.
 *
 * @param site where people sign now; the site that the decisions themselves name stands in the file if there are any. A decision names
 * its relying party only by a hash: names that this server had before stand in `site_name`
 */
export async function exportRun(
  db: Queryable,
  runId: RunId,
  site: RelyingParty,
  exportedAt: Instant,
): Promise<string | undefined> {
  const events = await readWholeLog(db, runId);
  const [first] = events;
  if (first?.event.type !== "runCreated") return undefined;
  const { rows } = await db.query<{ text: string }>("select text from runbook where digest = $1", [
    first.event.runbookDigest,
  ]);
  const runbook = rows[0]?.text;
  if (runbook === undefined) throw new Error(`the runbook of run ${runId} is not on record`);
  const decisions = events.flatMap(({ event }) => signedIn(event) ?? []);
  const header: RunExport["header"] = {
    format: "slackwater-run/1",
    runId,
    exportedAt,
    relyingParty: relyingPartyOf(decisions, await namesEver(db)) ?? site,
    people: await peopleOf(db, events, decisions),
    runbook,
  };
  return writeExport({ header, events, evidence: evidenceOf(runbook, events) }, sha256);
}

/** Absent where this version can't read the runbook any more: the log is exported all the same. */
function evidenceOf(runbook: string, events: readonly LoggedEvent[]): RunExport["evidence"] {
  const compilation = compileRunbook(runbook, sha256);
  const state = fold(events);
  return compilation.ok && state !== undefined ? evidenceIndex(compilation.compiled, state, events) : undefined;
}

/** The log to its end: a read that stops at its limit would be exported as if the run had ended there. */
async function readWholeLog(db: Queryable, runId: RunId): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  for (let last: LoggedEvent | undefined; ; ) {
    const more = await readEvents(db, runId, last && { seq: last.seq, hash: last.hash }, EVENTS_AT_ONCE);
    events.push(...more);
    if (more.length < EVENTS_AT_ONCE) return events;
    last = more.at(-1);
  }
}

/** Everybody whom the log names, with the keys they decided with and those on record as theirs. */
async function peopleOf(
  db: Queryable,
  events: readonly LoggedEvent[],
  decisions: readonly SignedInEvent[],
): Promise<RunExport["header"]["people"]> {
  const keys = new Map<UserId, Set<string>>();
  const keysOf = (userId: UserId): Set<string> => {
    const known = keys.get(userId) ?? new Set<string>();
    keys.set(userId, known);
    return known;
  };
  for (const { event } of events) if ("by" in event && event.by !== undefined) keysOf(event.by);
  for (const { by, decision } of decisions) keysOf(by).add(decision.signature.publicKey);
  const { rows } = await db.query<{ user_id: UserId; public_key: string }>(
    `select user_id, public_key from (
       select user_id, public_key, created_at from passkey
       union all select user_id, public_key, created_at from ssh_key
     ) as key where user_id = any($1::text[]) order by created_at`,
    [[...keys.keys()]],
  );
  for (const row of rows) keysOf(row.user_id).add(row.public_key);
  return [...keys].map(([userId, publicKeys]) => ({ userId, publicKeys: [...publicKeys].slice(0, 50) }));
}

const ClientData = z.object({ origin: z.string() });

/** Every name that passkeys of this server were ever made under. */
async function namesEver(db: Queryable): Promise<readonly string[]> {
  const { rows } = await db.query<{ rp_id: string }>("select rp_id from site_name order by added_at");
  return rows.map((row) => row.rp_id);
}

/** As much of a decision as says where it was signed. */
interface SignedSomewhere {
  readonly decision: {
    readonly signature:
      | { readonly kind: "passkey"; readonly clientDataJSON: string; readonly authenticatorData: string }
      | { readonly kind: "ssh" };
  };
}

/**
 * The site that the decisions were signed on, as their client data and authenticator data say; it is checked against the signatures by
 * `verify`. Undefined where none says it.
 *
 * @param namesEver every name that passkeys of this server were made under: in a decision stands only the name's hash
 */
export function relyingPartyOf(
  decisions: readonly SignedSomewhere[],
  namesEver: readonly string[],
): RelyingParty | undefined {
  const origins = new Set<string>();
  const hashes = new Set<string>();
  for (const { decision } of decisions) {
    const { signature } = decision;
    // An SSH key signs for no site: its namespace and the statement say what it is about.
    if (signature.kind !== "passkey") continue;
    // The first 32 bytes of what an authenticator signs are the SHA-256 of the relying party's name.
    hashes.add(Buffer.from(signature.authenticatorData, "base64url").subarray(0, 32).toString("hex"));
    try {
      const text = Buffer.from(signature.clientDataJSON, "base64url").toString();
      origins.add(ClientData.parse(JSON.parse(text)).origin);
    } catch {
      // Signed by nothing that a browser made: `verify` says so.
    }
  }
  const [first] = origins;
  const url = first === undefined ? null : URL.parse(first);
  if (url === null) return undefined;
  const [rpId = url.hostname, ...otherRpIds] = new Set(
    [url.hostname, ...namesEver].filter((name) => hashes.has(sha256(name))),
  );
  return {
    rpId,
    ...(otherRpIds.length === 0 ? {} : { otherRpIds: otherRpIds.slice(0, 20) }),
    origins: [...origins].slice(0, 20),
  };
}
