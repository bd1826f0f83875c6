"use client";

import { formatDuration } from "../../domain/format/duration.ts";
import type { GateView } from "../../protocol/http/runs.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { Row, Rows } from "../ui/Rows.tsx";
import { DecideCard } from "./DecideCard.tsx";

/** What a GO leads to, step by step, up to the next gate that people decide. */
export function WillDoCard(props: { gate: GateView }) {
  const { gate } = props;
  const { run } = useRun();
  const gates = new Map(run.gates.map((each) => [each.gateId, each]));
  const plannedMs = gate.willDo.reduce((sum, step) => sum + step.plannedMs, 0);
  const next = gate.willDo.findLast((step) => gates.get(step.id)?.opensBy === "people");
  return (
    <DecideCard
      title="What will be done"
      aside={`${formatDuration(plannedMs)}${next ? ", then the next gate" : ", to the end"}`}
    >
      <Rows ordered label="What will be done" className="-mx-4">
        {gate.willDo.map((step, place) => {
          const asGate = gates.get(step.id);
          return (
            <Row
              key={step.id}
              density="check"
              rule={place > 0}
              mark={
                asGate ? (
                  <Glyph name="diamond" className="text-ink2" />
                ) : (
                  <span className="text-ink3">{step.number}</span>
                )
              }
              aside={
                asGate ? (
                  <span className="text-ink3">{asGate.opensBy === "people" ? "asks people" : "by criteria"}</span>
                ) : (
                  <span className="text-ink2">{formatDuration(step.plannedMs)}</span>
                )
              }
            >
              {asGate ? `Gate: ${step.title}` : step.title}
            </Row>
          );
        })}
      </Rows>
    </DecideCard>
  );
}
