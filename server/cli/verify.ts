import { readFileSync } from "node:fs";
import { verifyAuthority } from "../../domain/chain/verifyAuthority.ts";
import type { DecisionInLog, Verification } from "../../domain/chain/verifyExport.ts";
import { verifyExport } from "../../domain/chain/verifyExport.ts";
import { compileStored } from "../db/compileText.ts";
import { sha256 } from "../db/sha256.ts";
import { isSignedOn } from "../signatures.ts";
import type { AnchoredHead } from "./anchors.ts";
import { placeHeads, readAnchor } from "./anchors.ts";
import type { CommandReport } from "./report.ts";

type Verified = Extract<Verification, { ok: true }>;

/**
 * Checks an exported run without a server: its bytes, its chain, the order of its events, every signature, what was done without
 * authority; and says which part of the chain is anchored by whom. Rejects at the first thing that can't be true.
 *
 * @param anchorFiles journals of agents or older exports, kept elsewhere
 */
export async function verifyFile(file: string, anchorFiles: readonly string[]): Promise<CommandReport> {
  const verified = verifyExport(readFileSync(file), sha256);
  if (!verified.ok) return rejected(`${verified.where}: ${verified.problem}`);
  const { run, state, decisions, backward } = verified;
  const unsigned = await firstUnsigned(verified);
  if (unsigned !== undefined) return rejected(unsigned);
  const heads = placeHeads(
    anchorFiles.map((anchor) => readAnchor(anchor, run.header.runId)),
    run,
  );
  // What was seen after the export was made can't be in it; it is said below.
  const missing = heads.find(({ seq, at }) => seq === undefined && at <= run.header.exportedAt);
  if (missing) {
    return rejected(`${missing.anchor.file} saw a head of this run that is not in it: the log was written anew since`);
  }
  const unauthorised = verifyAuthority(compileStored(run.header.runbook), run.events);
  if (unauthorised.length > 0) {
    return rejected(...unauthorised.map(({ seq, problem }) => `event ${seq}: ${problem}`));
  }
  return {
    exitCode: 0,
    lines: [
      `accepted: run ${run.header.runId}, ${run.events.length} events, ${state.stage}${state.outcome ? ` (${state.outcome})` : ""}`,
      `  head of the chain: ${run.events.at(-1)?.hash}`,
      ...decisions.map(decisionLine),
      ...(decisions.length === 0 ? ["  no decision was signed"] : []),
      ...backward.map(
        ({ seq, byMs }) => `  event ${seq} says a time ${byMs} ms before the event ahead of it: a clock was set`,
      ),
      ...anchorLines(verified, heads),
    ],
  };
}

const rejected = (...why: readonly string[]): CommandReport => ({
  exitCode: 1,
  lines: why.map((line) => `rejected: ${line}`),
});

/** The first decision whose signature does not hold, in words. */
async function firstUnsigned({ run, decisions }: Verified): Promise<string | undefined> {
  const { relyingParty, people } = run.header;
  for (const { seq, by, decision } of decisions) {
    const keys = people.find((person) => person.userId === by)?.publicKeys ?? [];
    if (!keys.includes(decision.signature.publicKey))
      return `event ${seq}: ${by} decided with a key that is not theirs`;
    if (!(await isSignedOn(decision, relyingParty))) {
      return `event ${seq}: the signature of ${by} does not fit the statement`;
    }
  }
  return undefined;
}

function decisionLine({ seq, by, decision, anchors }: DecisionInLog): string {
  const { statement, signature } = decision;
  const key = sha256(signature.publicKey).slice(0, 16);
  const kind = signature.software ? "a SOFTWARE passkey" : "a passkey";
  return `  event ${seq}: ${statement.verdict} at gate ${statement.gateId} by ${by}, signed with ${kind} (key ${key}), holds; made on event ${anchors}`;
}

/** Who vouches for which part. What nobody outside has seen, the owner of the database could have written anew. */
function anchorLines({ run, decisions }: Verified, heads: readonly AnchoredHead[]): string[] {
  const last = run.events.length;
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
