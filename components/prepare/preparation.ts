import { formatCounted } from "../../domain/format/count.ts";
import type { ChecklistItemView, CriterionView } from "../../protocol/http/evidence.ts";
import type { Me } from "../../protocol/http/identity.ts";
import type { RunReader, RunView } from "../../protocol/http/runs.ts";
import { isInTheWay } from "../decide/deciding.ts";

/** How the checklist stands, in counts. */
export interface Counts {
  readonly done: number;
  readonly all: number;
  readonly stale: number;
  readonly failed: number;
  readonly waiting: number;
  readonly running: number;
  readonly open: number;
}

/** All items of the checklist, in the order of the runbook. */
export function itemsOf(run: Pick<RunView, "checklist">): readonly ChecklistItemView[] {
  return run.checklist.flatMap((group) => group.items);
}

/** Counts the items by their state. */
export function countItems(items: readonly ChecklistItemView[]): Counts {
  const count = (state: ChecklistItemView["state"]): number => items.filter((item) => item.state === state).length;
  return {
    done: count("done"),
    all: items.length,
    stale: count("stale"),
    failed: count("failed"),
    waiting: count("waitsForPerson"),
    running: count("running"),
    open: count("open"),
  };
}

/** The counts beside the figure: "2 stale, 1 fails, 1 waits for a person". */
export function countsText(counts: Counts): string {
  const parts = [
    counts.failed > 0 && `${counts.failed} ${counts.failed === 1 ? "fails" : "fail"}`,
    counts.stale > 0 && `${counts.stale} stale`,
    counts.open > 0 && `${counts.open} not measured`,
    counts.running > 0 && `${counts.running} being measured`,
    counts.waiting > 0 && `${counts.waiting} ${counts.waiting === 1 ? "waits for a person" : "wait for people"}`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? "Everything is prepared." : parts.join(", ");
}

/** The items that an agent can be ordered to measure now: open, failed or stale ones. */
export function measurableNow(items: readonly ChecklistItemView[]): readonly ChecklistItemView[] {
  return items.filter(
    (item) => item.measurable && (item.state === "open" || item.state === "failed" || item.state === "stale"),
  );
}

/** The button that helps next: "Measure 2 stale facts", "Measure 12 items". */
export function measureLabel(items: readonly ChecklistItemView[]): string {
  const isAllStale = items.every((item) => item.state === "stale");
  return isAllStale
    ? `Measure ${formatCounted(items.length, "stale fact")}`
    : `Measure ${formatCounted(items.length, "open item")}`;
}

/** Why approval can't be asked now, in words; undefined where it can. */
export function whyNotAsk(run: RunView, may: RunReader["may"], now: number): string | undefined {
  if (run.stage === "deciding" || run.stage === "ready") return "Approval was asked.";
  if (run.stage !== "preparing") return "The run has started.";
  if (now >= run.endsAt) return "The window is over.";
  const { done, all, stale, running } = countItems(itemsOf(run));
  const open = all - done - stale;
  if (open > 0) {
    const isMeasuring = running === open;
    const words = open === 1 ? "the open item is closed" : `the ${open} open items are closed`;
    return isMeasuring ? "Measurements are under way." : `Approval can be asked when ${words}.`;
  }
  const inTheWay = run.criteria.filter(isInTheWay);
  const [first] = inTheWay;
  if (first) {
    const more = inTheWay.length > 1 ? ` and ${inTheWay.length - 1} more` : "";
    return `Approval can be asked when “${first.title}”${more} ${first.verdict === "unknown" ? "is measured" : "is met or waived"}.`;
  }
  return may.askApproval?.allowed === false ? (may.askApproval.because ?? "Others ask for approval.") : undefined;
}

/** True where an item is for this person: their name, their role or one of their groups is its owner. */
export function isMine(item: Pick<ChecklistItemView, "owner">, me: Pick<Me, "name" | "role" | "groups">): boolean {
  return item.owner === me.name || item.owner === me.role || me.groups.includes(item.owner);
}

/** Why this person can't answer an item; undefined where they can. */
export function whyNotAnswer(
  item: ChecklistItemView,
  run: Pick<RunView, "secrets">,
  me: Pick<Me, "role" | "groups">,
  may: RunReader["may"],
): string | undefined {
  const order = item.kind === "seal" ? may.recordSecret : may.confirmItem;
  if (order?.allowed === false) return order.because ?? "This can't be done now.";
  const words = wordsFor(item, run);
  const isMeant = words.length === 0 || words.some((word) => word === me.role || me.groups.includes(word));
  return isMeant ? undefined : `${words.join(" or ")} ${item.kind === "seal" ? "seals" : "answers"} this.`;
}

function wordsFor(item: ChecklistItemView, run: Pick<RunView, "secrets">): readonly string[] {
  if (item.kind === "seal") return run.secrets.flatMap((secret) => (secret.name === item.secret ? secret.holder : []));
  return item.confirm?.by ?? item.announceBy;
}

/** The criteria of the GO by their list, with what stands in the way first. */
export function criteriaByKind(criteria: readonly CriterionView[]): {
  readonly go: readonly CriterionView[];
  readonly nogo: readonly CriterionView[];
} {
  return {
    go: criteria.filter((criterion) => criterion.kind !== "nogo"),
    nogo: criteria.filter((criterion) => criterion.kind === "nogo"),
  };
}
