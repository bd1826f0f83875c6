import type { Verification } from "../../domain/chain/verifyExport.ts";
import type { LocalPart } from "../../domain/chain/verifyLocalRuns.ts";
import { signedWith } from "../../domain/decision/signedWith.ts";
import { isHeldByProgram } from "../../domain/decision/statement.ts";
import { sha256 } from "../db/sha256.ts";
import type { AnchoredHead } from "./anchors.ts";
import type { CheckedDecision } from "./signatures.ts";

/** What is said of an export that was accepted: what it is, who decided, and who vouches for which part of it. */
export function acceptedLines(
  { run, state, backward }: Extract<Verification, { ok: true }>,
  decisions: readonly CheckedDecision[],
  heads: readonly AnchoredHead[],
  local: readonly LocalPart[],
): readonly string[] {
  const last = run.events.at(-1);
  const ended = state.outcome ? ` (${state.outcome})` : "";
  return [
    `accepted: run ${run.header.runId}, ${run.events.length} events, ${state.stage}${ended}`,
    `  head of the chain: ${last?.hash}`,
    ...decisions.map(decisionLine),
    ...(decisions.length === 0 ? ["  no decision was signed"] : []),
    ...(decisions.some(({ pinnedIn }) => pinnedIn === undefined)
      ? ["  whose keys these are, only this file says: hold it against a host's agent.yaml with --approvers"]
      : []),
    ...local.flatMap(localLines),
    ...backward.map(
      ({ seq, byMs }) => `  event ${seq} says a time ${byMs} ms before the event ahead of it: a clock was set`,
    ),
    ...anchorLines(run.events.length, decisions, heads),
  ];
}

function localLines({ hostId, by, firstSeq, lastSeq, fromSeq, setAside, isClosed }: LocalPart): readonly string[] {
  const signed = isClosed ? "signed as a whole with its key" : "its end is not signed yet: the run was not given back";
  return [
    `  events ${firstSeq} to ${lastSeq} were decided by host ${hostId} by itself, by word of ${by}, ${signed}`,
    ...(setAside === 0
      ? []
      : [
          `  events ${fromSeq + 1} to ${firstSeq - 1} count for nothing: the host had taken over from event ${fromSeq}`,
        ]),
  ];
}

function decisionLine({ seq, by, decision, anchors, pinnedIn }: CheckedDecision): string {
  const { statement, signature } = decision;
  const key = sha256(signature.publicKey).slice(0, 16);
  const isSoftware = isHeldByProgram(signature);
  const words = signedWith(signature.kind, isSoftware);
  // In capitals what must not be read over.
  const kind = `${signature.kind === "ssh" ? "an" : "a"} ${isSoftware ? words.replace("software", "SOFTWARE") : words}`;
  const pinned = pinnedIn === undefined ? "" : `, pinned in ${pinnedIn}`;
  const what =
    statement.verdict === "SILENCE" ? `SILENCE for trigger ${statement.triggerId} as` : `${statement.verdict} at`;
  const place =
    "inPlaceOf" in statement && statement.inPlaceOf !== undefined ? ` in place of ${statement.inPlaceOf}` : "";
  return `  event ${seq}: ${what} gate ${statement.gateId} by ${by}${place}, signed with ${kind} (key ${key}${pinned}), holds; made on event ${anchors}`;
}

/** Who vouches for which part. What nobody outside has seen, the owner of the database could have written anew. */
function anchorLines(
  last: number,
  decisions: readonly CheckedDecision[],
  heads: readonly AnchoredHead[],
): readonly string[] {
  const reach = new Map<string, number>();
  const extend = (who: string, seq: number): void => void reach.set(who, Math.max(reach.get(who) ?? 0, seq));
  for (const { by, anchors } of decisions) extend(`the signature of ${by}`, anchors);
  for (const { anchor, seq } of heads) if (seq !== undefined) extend(`${anchor.kind} ${anchor.file}`, seq);
  const most = Math.max(0, ...reach.values());
  return [
    ...[...reach].map(([who, seq]) => `  events 1 to ${seq} are anchored by ${who}`),
    ...heads
      .filter(({ seq }) => seq === undefined)
      .map(({ anchor, at }) => {
        const when = new Date(at).toISOString();
        return `  ${anchor.file} saw a newer head at ${when}, after this export was made: export the run again to check it`;
      }),
    ...(most < last ? [`  events ${most + 1} to ${last} are anchored by nobody outside the server`] : []),
  ];
}
