import type { TroubleView } from "./steps.ts";

/** A value with what it was judged against, its age and its source. Text is ready to show. */
export interface FactView {
  readonly name: string;
  readonly title: string;
  readonly text: string;
  readonly measuredAt: number;
  readonly staleAt: number | null;
  readonly source: string;
}

export interface CriterionView {
  readonly id: string;
  readonly title: string;
  readonly kind: "go" | "nogo" | "gate";
  readonly verdict: "pass" | "fail" | "unknown";
  readonly waivable: boolean;
  readonly waived: { readonly by: string; readonly reason: string } | null;
  /** The values it was judged on, ready to show. */
  readonly values: readonly FactView[];
  readonly expression: string;
  /** Names of facts that are missing or stale, when unknown. */
  readonly lacking: readonly string[];
  readonly notes: string | null;
}

export interface ChecklistItemView {
  readonly id: string;
  readonly title: string;
  readonly kind: "measure" | "confirm" | "announce" | "seal";
  readonly state: "done" | "open" | "failed" | "stale" | "running" | "waitsForPerson";
  readonly measured: string | null;
  readonly needed: string | null;
  readonly at: number | null;
  readonly owner: string;
  readonly notes: string | null;
  readonly failure: TroubleView | null;
  readonly confirm: { readonly type: "yesNo" | "number" | "text"; readonly by: readonly string[] } | null;
  readonly secret: string | null;
  readonly announcementId: string | null;
  /** An agent can be ordered to measure it; false where it only expects something of what others measure. */
  readonly measurable: boolean;
  /** Roles that say that an announcement went out. */
  readonly announceBy: readonly string[];
}
