import type { Fact } from "../../../domain/fact/fact.ts";
import type { FactView } from "../../../protocol/http/evidence.ts";
import { factText } from "./factText.ts";
import type { Subject } from "./subject.ts";

/** A fact, ready to show: its title from the runbook, its value in words, where it comes from. */
export function presentFact({ plan, window, hosts, names }: Subject, fact: Fact): FactView {
  const declared = plan.runbook.facts[fact.name];
  return {
    name: fact.name,
    title: declared?.title ?? fact.name,
    text: factText(declared?.type, fact.value, window.zone, fact.name),
    measuredAt: fact.measuredAt,
    staleAt: fact.staleAt ?? null,
    source: sourceText(fact, hosts, names.person),
  };
}

function sourceText({ source }: Fact, hosts: Subject["hosts"], person: (id: string) => string): string {
  const nameOf = (hostId: string) => hosts.find((host) => host.hostId === hostId)?.name ?? "a removed host";
  switch (source.kind) {
    case "task":
      return nameOf(source.hostId);
    case "probe":
      return `${nameOf(source.hostId)}, ${source.probeId}`;
    case "person":
      return source.reason === "" ? person(source.userId) : `${person(source.userId)}: ${source.reason}`;
    default:
      return source satisfies never;
  }
}

/** All facts of the run, by name. */
export function presentFacts(subject: Subject): readonly FactView[] {
  return Object.values(subject.state.facts)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((fact) => presentFact(subject, fact));
}
