"use client";

import { formatDuration } from "../../domain/format/duration.ts";
import type { GateView } from "../../protocol/http/gates.ts";
import type { RunView } from "../../protocol/http/runs.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Fold } from "../ui/Fold.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { DecideCard } from "./DecideCard.tsx";

type WillDo = GateView["willDo"][number];
type Part =
  | { readonly kind: "phase"; readonly id: string; readonly title: string; readonly steps: readonly WillDo[] }
  | { readonly kind: "gate"; readonly id: string; readonly title: string; readonly asksPeople: boolean };

/** What a GO leads to, phase by phase with its steps folded in, up to the next gate that people decide. */
export function WillDoCard(props: { gate: GateView }) {
  const { gate } = props;
  const { run } = useRun();
  const parts = partsOf(gate, run);
  const plannedMs = gate.willDo.reduce((sum, step) => sum + step.plannedMs, 0);
  const isToGate = parts.some((part) => part.kind === "gate" && part.asksPeople);
  return (
    <DecideCard
      title="What will be done"
      aside={`${formatDuration(plannedMs)}${isToGate ? ", then the next gate" : ", to the end"}`}
    >
      <ol aria-label="What will be done" className="-mx-4">
        {parts.map((part) => (
          <li key={part.id} className="px-4 py-1.5 not-first:border-line not-first:border-t">
            {part.kind === "gate" ? (
              <p className="flex items-center justify-between gap-3">
                <span className="inline-flex min-w-0 items-center gap-2 font-medium">
                  <Glyph name="diamond" className="text-ink2" />
                  Gate: {part.title}
                </span>
                <span className="whitespace-nowrap text-ink3">{part.asksPeople ? "asks people" : "by criteria"}</span>
              </p>
            ) : (
              <PhasePart steps={part.steps} title={part.title} />
            )}
          </li>
        ))}
      </ol>
    </DecideCard>
  );
}

/** One phase: a single step stands as it is, several fold behind their phase. */
function PhasePart(props: { title: string; steps: readonly WillDo[] }) {
  const { steps, title } = props;
  const plannedMs = steps.reduce((sum, step) => sum + step.plannedMs, 0);
  const [only] = steps;
  return (
    <>
      <p className="flex items-baseline justify-between gap-3">
        <span className="min-w-0">{steps.length === 1 && only ? only.title : title}</span>
        <span className="whitespace-nowrap text-ink2">{formatDuration(plannedMs)}</span>
      </p>
      {steps.length > 1 && (
        <Fold summary={`${steps.length} steps`}>
          <ol className="flex flex-col gap-0.5 pt-0.5 pl-5 text-ink2 text-label">
            {steps.map((step) => (
              <li key={step.id} className="flex justify-between gap-3">
                <span className="min-w-0">
                  {step.number} {step.title}
                </span>
                <span className="whitespace-nowrap">{formatDuration(step.plannedMs)}</span>
              </li>
            ))}
          </ol>
        </Fold>
      )}
    </>
  );
}

/** Consecutive steps of one phase together, gates between them. */
function partsOf(gate: GateView, run: RunView): readonly Part[] {
  const gates = new Map(run.gates.map((each) => [each.gateId, each]));
  const phaseOf = new Map(run.steps.map((step) => [step.id, step.phase]));
  const parts: Part[] = [];
  for (const step of gate.willDo) {
    const asGate = gates.get(step.id);
    if (asGate) {
      parts.push({ kind: "gate", id: step.id, title: step.title, asksPeople: asGate.opensBy === "people" });
      continue;
    }
    const phase = phaseOf.get(step.id) ?? step.title;
    const last = parts.at(-1);
    if (last?.kind === "phase" && last.title === phase) {
      parts[parts.length - 1] = { ...last, steps: [...last.steps, step] };
    } else parts.push({ kind: "phase", id: step.id, title: phase, steps: [step] });
  }
  return parts;
}
