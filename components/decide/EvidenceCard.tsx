"use client";

import type { GateView } from "../../protocol/http/runs.ts";
import { Card } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { CriterionRow } from "./CriterionRow.tsx";
import { criteriaSummary } from "./deciding.ts";

/** What was measured and how it is judged; what fails or isn't known comes first. */
export function EvidenceCard(props: { gate: GateView }) {
  const { gate } = props;
  const summary = criteriaSummary(gate.criteria);
  return (
    <Card
      bleed
      title="Evidence"
      aside={
        gate.criteria.length > 0 && (
          <span className={summary.isGood ? "font-medium text-good" : "font-medium text-stop"}>{summary.text}</span>
        )
      }
    >
      {gate.criteria.length === 0 ? (
        <EmptyState title="This gate has no criteria">
          People decide it by what they know; nothing is measured for it.
        </EmptyState>
      ) : (
        <ul className="pb-2">
          {gate.criteria.map((criterion) => (
            <CriterionRow key={criterion.id} criterion={criterion} gateId={gate.gateId} />
          ))}
        </ul>
      )}
    </Card>
  );
}
