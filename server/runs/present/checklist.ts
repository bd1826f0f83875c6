import type { ItemNow, ItemStage } from "../../../domain/checklist/checklist.ts";
import { checklistNow } from "../../../domain/checklist/checklist.ts";
import type { FactName } from "../../../domain/fact/fact.ts";
import { FactValue } from "../../../domain/fact/fact.ts";
import type { ChecklistItem } from "../../../domain/runbook/schema.ts";
import type { ChecklistItemView } from "../../../protocol/http/evidence.ts";
import type { RunView } from "../../../protocol/http/runs.ts";
import { factText } from "./factText.ts";
import type { Subject } from "./subject.ts";
import { presentTrouble } from "./trouble.ts";

const STATE: Readonly<Record<ItemStage, ChecklistItemView["state"]>> = {
  open: "open",
  measuring: "running",
  failed: "failed",
  excused: "done",
  stale: "stale",
  done: "done",
};

/** The checklist in its groups. */
export function presentChecklist(subject: Subject): RunView["checklist"] {
  const items = checklistNow(subject.plan, subject.state, subject.now);
  return subject.plan.runbook.checklist.map(({ id, title }) => ({
    id,
    title,
    items: items.filter(({ group }) => group.id === id).map((item) => presentItem(subject, item)),
  }));
}

function presentItem(subject: Subject, { item, stage, facts, shown, step }: ItemNow): ChecklistItemView {
  const confirmed = subject.state.confirmed[item.id];
  const secret = item.seal === undefined ? undefined : subject.state.secrets[item.seal];
  const kind = kindOf(item);
  return {
    id: item.id,
    title: item.title,
    kind,
    state: stage === "open" && kind !== "measure" ? "waitsForPerson" : STATE[stage],
    measured: shownText(subject, item, shown) ?? (secret ? `sealed, kept in ${secret.place}` : null),
    needed: item.needed ?? null,
    at: facts[0]?.measuredAt ?? confirmed?.at ?? secret?.sealedAt ?? null,
    owner: confirmed ? subject.names.person(confirmed.by) : item.owner,
    notes: item.notes ?? null,
    failure: step?.failure ? presentTrouble(step.failure, "Where it was. Nothing has been changed.", item.notes) : null,
    confirm: item.confirm ? { type: item.confirm.type, by: item.confirm.by } : null,
    secret: item.seal ?? null,
    announcementId: item.announce ?? null,
    measurable: item.measure !== undefined,
    announceBy: item.announce === undefined ? [] : [item.owner],
  };
}

function kindOf(item: ChecklistItem): ChecklistItemView["kind"] {
  if (item.measure !== undefined) return "measure";
  if (item.announce !== undefined) return "announce";
  if (item.seal !== undefined) return "seal";
  // An item that only expects something of facts measured elsewhere is answered by measuring them.
  return item.confirm === undefined ? "measure" : "confirm";
}

/** The Measured column: the item's own words where it has them, else the value in the type of its first fact. */
function shownText({ plan, window }: Subject, item: ChecklistItem, shown: unknown): string | null {
  const value = FactValue.safeParse(shown);
  if (!value.success) return null;
  const name = factShown(plan, item);
  const type = item.showsAs ?? (name === undefined ? undefined : plan.runbook.facts[name]?.type);
  return factText(type, value.data, window.zone, name);
}

/** The one fact that an item shows as it is, or that a person answers; undefined where it shows more than that. */
function factShown(plan: Subject["plan"], item: ChecklistItem): FactName | undefined {
  if (item.confirm && item.shows === undefined) return item.confirm.fact;
  const shown = item.shows?.trim();
  if (shown === undefined) return undefined;
  return plan.expressions.factsNamed(shown).find((fact) => shown === `facts.${fact}`);
}
