import type { GateView } from "../../protocol/http/gates.ts";
import type { RunView } from "../../protocol/http/runs.ts";
import type { StepView } from "../../protocol/http/steps.ts";
import type { GateMarkState, StepMarkState } from "../ui/Mark.tsx";

/** A row of the list of steps: a phase with its steps, or a gate between them. */
export type PhaseRow =
  | {
      readonly kind: "phase";
      readonly id: string;
      /** Counts phases from 1; a phase that a gate cuts in two keeps its number. */
      readonly number: number;
      readonly title: string;
      readonly state: StepMarkState;
      readonly steps: readonly StepView[];
      readonly plannedMs: number;
      readonly plannedStartAt: number;
      readonly plannedEndAt: number;
      readonly beganAt: number | null;
      readonly endedAt: number | null;
      readonly forecastStartAt: number | null;
      readonly endP50At: number | null;
      readonly endP90At: number | null;
    }
  | {
      readonly kind: "gate";
      readonly id: string;
      readonly step: StepView;
      readonly state: GateMarkState;
      readonly note: string;
    };

/** The mark of a step. A step that failed while the run is held is failed, not held: only what runs can be held. */
export function markOfStep(step: Pick<StepView, "stage">): StepMarkState {
  switch (step.stage) {
    case "planned":
      return "planned";
    case "running":
    case "waiting":
      return "running";
    case "done":
      return "done";
    case "failed":
    case "cancelled":
      return "failed";
    case "unknown":
      return "unknown";
    case "skipped":
    case "undone":
      return step.stage;
    default:
      return step.stage satisfies never;
  }
}

/** The mark of a gate: amber only while it waits, filled once open, crossed on NO-GO. */
export function markOfGate(gate: Pick<GateView, "stage"> | undefined): GateMarkState {
  if (gate === undefined) return "ahead";
  switch (gate.stage) {
    case "asking":
      return "waiting";
    case "open":
      return "open";
    case "refused":
      return "nogo";
    case "ahead":
    case "closed":
      return "ahead";
    default:
      return gate.stage satisfies never;
  }
}

// A phase is as its most urgent step: what is unknown or failed shows through what is done.
const URGENCY: readonly StepMarkState[] = ["unknown", "failed", "running", "held", "undone"];

function stateOfPhase(steps: readonly StepView[]): StepMarkState {
  const marks = steps.map(markOfStep);
  const urgent = URGENCY.find((mark) => marks.includes(mark));
  if (urgent) return urgent;
  if (marks.every((mark) => mark === "skipped")) return "skipped";
  if (marks.every((mark) => mark === "done" || mark === "skipped")) return "done";
  // Between two of its steps a phase is under way, although no step of it runs at this moment.
  return marks.some((mark) => mark === "done") ? "running" : "planned";
}

/** The steps of a run by phase, with the gates where they stand in time. */
export function phaseRows(run: RunView): readonly PhaseRow[] {
  const rows: PhaseRow[] = [];
  // From then on nothing of a phase that was left in the middle goes on.
  const isLeft = run.rolledBack !== null || run.endedAt !== null;
  const numbers = new Map<string, number>();
  let open: StepView[] = [];
  const close = (): void => {
    const row = phaseOf(open, numbers, isLeft);
    if (row) rows.push(row);
    open = [];
  };
  for (const step of run.steps) {
    if (step.kind === "gate") {
      close();
      const gate = run.gates.find(({ gateId }) => gateId === step.id);
      rows.push({ kind: "gate", id: step.id, step, state: markOfGate(gate), note: noteOfGate(gate) });
    } else {
      if (open[0] && open[0].phase !== step.phase) close();
      open.push(step);
    }
  }
  close();
  return rows;
}

function phaseOf(steps: readonly StepView[], numbers: Map<string, number>, isLeft: boolean): PhaseRow | undefined {
  const [first] = steps;
  if (!first) return undefined;
  const number = numbers.get(first.phase) ?? numbers.size + 1;
  numbers.set(first.phase, number);
  const state = stateOfPhase(steps);
  const isOver = isLeft || steps.every((step) => step.stage === "done" || step.stage === "skipped");
  const ends = steps.flatMap((step) => step.endedAt ?? []);
  const begins = steps.flatMap((step) => step.beganAt ?? []);
  // Not a sum: of branches the longest counts.
  const plannedStartAt = Math.min(...steps.map((step) => step.plannedStartAt));
  const plannedEndAt = Math.max(...steps.map((step) => step.plannedEndAt));
  return {
    kind: "phase",
    id: first.id,
    number,
    title: first.phase,
    state,
    steps,
    plannedMs: plannedEndAt - plannedStartAt,
    plannedStartAt,
    plannedEndAt,
    beganAt: begins.length === 0 ? null : Math.min(...begins),
    endedAt: isOver && ends.length > 0 ? Math.max(...ends) : null,
    forecastStartAt: first.forecastStartAt,
    endP50At: latestOf(steps.map((step) => step.forecastEndP50At)),
    endP90At: latestOf(steps.map((step) => step.forecastEndP90At)),
  };
}

function latestOf(moments: readonly (number | null)[]): number | null {
  const known = moments.filter((at) => at !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** What stands behind a gate's name: its quorum, or that it opens by itself. */
function noteOfGate(gate: GateView | undefined): string {
  if (!gate) return "";
  if (gate.opensBy === "criteria") return "by criteria";
  const signed = gate.decisions.filter(
    (made) => made.verdict === "GO" && (made.life === "valid" || made.life === "spent"),
  ).length;
  return gate.stage === "open" ? `${signed} GO` : gate.needs;
}
