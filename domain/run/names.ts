import type { CompiledRunbook } from "../runbook/compiled.ts";

/** How a reader's language names things that events know by id only. */
export interface Names {
  person(userId: string): string;
  /** Also of a checklist's item, which is ordered and confirmed as a step is. */
  step(stepId: string): string;
  gate(gateId: string): string;
  /** A group of the runbook; a role of the product goes by its own word. */
  group(group: string): string;
  trigger(triggerId: string): string;
  probe(probeId: string): string;
  announcement(announcementId: string): string;
  host(hostId: string): string;
}

/** What the runbook calls its parts; the id of what it does not have. */
export function namesIn(plan: CompiledRunbook): Omit<Names, "person" | "host"> {
  const { checklist, announcements } = plan.runbook;
  const items = checklist.flatMap((section) => section.items);
  const titleOf = new Map(
    [...plan.steps, ...plan.rollbackSteps, ...items].map(({ id, title }) => [String(id), title] as const),
  );
  return {
    step: (stepId) => titleOf.get(stepId) ?? stepId,
    gate: (gateId) => plan.gates.find((gate) => gate.gateId === gateId)?.spec.title ?? gateId,
    group: (group) => plan.runbook.groups[group]?.title ?? group,
    trigger: (triggerId) => plan.triggers.find(({ id }) => id === triggerId)?.source.title ?? triggerId,
    probe: (probeId) => plan.probes[probeId]?.title ?? probeId,
    announcement: (announcementId) => announcements.find(({ id }) => id === announcementId)?.title ?? announcementId,
  };
}
