import { quorumOf } from "../../../domain/gate/quorum.ts";
import type { CompiledGate } from "../../../domain/runbook/compiled.ts";
import type { Subject } from "./subject.ts";

/** What opens a gate, behind its name: "needs 2 GO from the DBAs". */
export function needsText({ plan }: Subject, { spec }: CompiledGate): string {
  if (spec.opensBy === "criteria") return "opens by itself when its criteria pass";
  const quorum = quorumOf(spec);
  const groups = quorum.of.map((group) => plan.runbook.groups[group]?.title ?? group);
  const count = Math.max(quorum.atLeast, quorum.of.length);
  if (groups.length === 0) return `needs ${count} GO`;
  return groups.length === 1
    ? `needs ${count} GO from ${groups[0]}`
    : `needs ${count} GO, one from each of: ${groups.join(", ")}`;
}
