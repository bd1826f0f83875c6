import type { EvidenceIndex } from "../../domain/chain/evidenceIndex.ts";
import { standingText, stepEvidenceText } from "../../domain/chain/evidenceText.ts";
import type { Verification } from "../../domain/chain/verifyExport.ts";
import type { LocalPart } from "../../domain/chain/verifyLocalRuns.ts";
import { signedWith } from "../../domain/decision/signedWith.ts";
import { isHeldByProgram } from "../../domain/decision/statement.ts";
import { formatCounted } from "../../domain/format/count.ts";
import { sha256 } from "../db/sha256.ts";
import type { AnchoredHead } from "./anchors.ts";
import type { CheckedDecision } from "./signatures.ts";

/** All that was found out about an export that is accepted. */
export interface Accepted {
  readonly verified: Extract<Verification, { ok: true }>;
  readonly decisions: readonly CheckedDecision[];
  readonly heads: readonly AnchoredHead[];
  readonly local: readonly LocalPart[];
  readonly evidence: EvidenceIndex;
}

/** A part of the report: what is said of it in one line, and what that rests on. */
interface Part {
  readonly says: string;
  readonly lines: readonly string[];
}

/** What is said of an export that was accepted: the verdict first, then part by part what was checked, and who vouches for which events. */
export function acceptedLines(accepted: Accepted): readonly string[] {
  const { run, state } = accepted.verified;
  const ended = state.outcome ? ` (${state.outcome})` : "";
  const parts = [chainPart, decisionPart, localPart, anchorPart, evidencePart].map((part) => part(accepted));
  return [
    `accepted: run ${run.header.runId}, ${formatCounted(run.events.length, "event")}, ${state.stage}${ended}`,
    ...parts.flatMap((part) => (part === undefined ? [] : ["", part.says, ...part.lines.map((line) => `  ${line}`)])),
  ];
}

function chainPart({ verified: { run, backward } }: Accepted): Part {
  return {
    says: "Chain: the file is as it was written, each event stands on the one before it, and nothing was done without authority.",
    lines: [
      `head of the chain: ${run.events.at(-1)?.hash}`,
      ...backward.map(
        ({ seq, byMs }) => `event ${seq} says a time ${byMs} ms before the event ahead of it: a clock was set`,
      ),
    ],
  };
}

function decisionPart({ decisions }: Accepted): Part {
  if (decisions.length === 0) return { says: "Decisions: no decision was signed.", lines: [] };
  const isPinned = decisions.every(({ pinnedIn }) => pinnedIn !== undefined);
  return {
    says: `Decisions: ${decisions.length === 1 ? "the signature of one holds" : `the signatures of all ${decisions.length} hold`}, ${
      isPinned ? "by keys that a host's owner has pinned." : "but not every key is known from outside of this file."
    }`,
    lines: [
      ...decisions.map(decisionLine),
      ...(isPinned
        ? []
        : ["whose keys these are, only this file says: hold it against a host's agent.yaml with --approvers"]),
    ],
  };
}

function localPart({ local }: Accepted): Part | undefined {
  if (local.length === 0) return undefined;
  return { says: "A host: it carried the run on by itself for a time.", lines: local.flatMap(localLines) };
}

function anchorPart({ verified: { run }, decisions, heads }: Accepted): Part {
  const last = run.events.length;
  const reach = reachOf(decisions, heads);
  const most = Math.max(0, ...reach.values());
  const newer = heads.filter(({ seq }) => seq === undefined);
  return {
    says: `Anchors: ${
      most === 0
        ? "nobody outside the server has seen any of it. Its owner could have written all of it anew."
        : most < last
          ? `events 1 to ${most} of ${last} were seen outside the server. Its owner could have written the rest anew, and no more.`
          : "all of it was seen outside the server."
    }`,
    lines: [
      ...[...reach].map(([who, seq]) => `events 1 to ${seq} are anchored by ${who}`),
      ...newer.map(({ anchor, at }) => {
        const when = new Date(at).toISOString();
        return `${anchor.file} saw a newer head at ${when}, after this export was made: export the run again to check it`;
      }),
      ...(most < last ? [`events ${most + 1} to ${last} are anchored by nobody outside the server`] : []),
    ],
  };
}

function evidencePart({ evidence: { controls } }: Accepted): Part | undefined {
  if (controls.length === 0) return undefined;
  const shown = controls.filter(({ standing }) => standing === "shown").length;
  return {
    says: `Controls: ${shown} of ${controls.length} ${shown === 1 ? "is" : "are"} shown.`,
    lines: controls.flatMap((control) => [
      `control ${control.control}: ${standingText(control)}`,
      ...control.steps.map((step) => `  ${step.stepId}: ${stepEvidenceText(step)}`),
    ]),
  };
}

function localLines({ hostId, by, firstSeq, lastSeq, fromSeq, setAside, isClosed }: LocalPart): readonly string[] {
  const signed = isClosed ? "signed as a whole with its key" : "its end is not signed yet: the run was not given back";
  return [
    `events ${firstSeq} to ${lastSeq} were decided by host ${hostId} by itself, by word of ${by}, ${signed}`,
    ...(setAside === 0
      ? []
      : [`events ${fromSeq + 1} to ${firstSeq - 1} count for nothing: the host had taken over from event ${fromSeq}`]),
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
  return `event ${seq}: ${what} gate ${statement.gateId} by ${by}${place}, signed with ${kind} (key ${key}${pinned}), holds; made on event ${anchors}`;
}

/** Who vouches for which part. What nobody outside has seen, the owner of the database could have written anew. */
function reachOf(decisions: readonly CheckedDecision[], heads: readonly AnchoredHead[]): ReadonlyMap<string, number> {
  const reach = new Map<string, number>();
  const extend = (who: string, seq: number): void => void reach.set(who, Math.max(reach.get(who) ?? 0, seq));
  for (const { by, anchors } of decisions) extend(`the signature of ${by}`, anchors);
  for (const { anchor, seq } of heads) if (seq !== undefined) extend(`${anchor.kind} ${anchor.file}`, seq);
  return reach;
}
