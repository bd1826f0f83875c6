import { readFileSync } from "node:fs";
import { canonicalJson } from "../../domain/canonicalJson.ts";
import { evidenceIndex } from "../../domain/chain/evidenceIndex.ts";
import { verifyAuthority } from "../../domain/chain/verifyAuthority.ts";
import { verifyExport } from "../../domain/chain/verifyExport.ts";
import { verifyLocalRuns } from "../../domain/chain/verifyLocalRuns.ts";
import { compileRunbook } from "../../domain/runbook/compile.ts";
import { sha256 } from "../db/sha256.ts";
import { JOIN_CHECKS } from "../joinChecks.ts";
import { placeHeads, readAnchor } from "./anchors.ts";
import { readPinnedKeys } from "./pinnedKeys.ts";
import type { CommandReport } from "./report.ts";
import { checkSignatures } from "./signatures.ts";
import { acceptedLines } from "./verifiedWords.ts";

/** Files that were kept elsewhere, to hold the export against. */
export interface VerifyAgainst {
  /** Journals of agents and older exports: what they saw of this run must be in it. */
  readonly anchors: readonly string[];
  /** agent.yaml of hosts: every GO must be by a key that one of them pins. None given: the export's own word is taken, and that is said. */
  readonly approvers: readonly string[];
}

/** Checks an exported run that lies in a file; see verifyBytes. */
export function verifyFile(file: string, against: VerifyAgainst): Promise<CommandReport> {
  return verifyBytes(readFileSync(file), against);
}

/**
 * Checks an exported run without a server: its bytes, its chain, the order of its events, every signature, what was done without
 * authority; and says which part of the chain is anchored by whom. Rejects at the first thing that can't be true.
 */
export async function verifyBytes(bytes: Uint8Array, against: VerifyAgainst): Promise<CommandReport> {
  const verified = verifyExport(bytes, sha256);
  if (!verified.ok) return rejected(`${verified.where}: ${verified.problem}`);
  const { run } = verified;
  const pinned = against.approvers.length === 0 ? undefined : against.approvers.flatMap(readPinnedKeys);
  const signed = await checkSignatures(run, verified.decisions, pinned);
  if (!signed.ok) return rejected(signed.problem);
  const heads = placeHeads(
    against.anchors.map((anchor) => readAnchor(anchor, run.header.runId)),
    run,
  );
  // What was seen after the export was made can't be in it; it is said below.
  const missing = heads.find(({ seq, at }) => seq === undefined && at <= run.header.exportedAt);
  if (missing) {
    return rejected(`${missing.anchor.file} saw a head of this run that is not in it: the log was written anew since`);
  }
  const compilation = compileRunbook(run.header.runbook, sha256);
  if (!compilation.ok) {
    const [problem] = compilation.problems;
    return rejected(
      `line 1: the runbook in it can't be read by this version: ${problem?.message ?? "no reason given"}`,
    );
  }
  const unauthorised = verifyAuthority(compilation.compiled, run.events);
  if (unauthorised.length > 0) {
    return rejected(...unauthorised.map(({ seq, problem }) => `event ${seq}: ${problem}`));
  }
  const evidence = evidenceIndex(compilation.compiled, verified.state, run.events);
  if (run.evidence !== undefined && canonicalJson(run.evidence) !== canonicalJson(evidence)) {
    return rejected("the last line: its index of controls is not what the events say");
  }
  const local = verifyLocalRuns(run.events, JOIN_CHECKS);
  if (!local.ok) return rejected(`event ${local.seq}: ${local.problem}`);
  return {
    exitCode: 0,
    lines: acceptedLines({ verified, decisions: signed.decisions, heads, local: local.parts, evidence }),
  };
}

const rejected = (...why: readonly string[]): CommandReport => ({
  exitCode: 1,
  lines: why.map((line) => `rejected: ${line}`),
});
