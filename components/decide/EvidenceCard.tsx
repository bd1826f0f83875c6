"use client";

import type { CriterionView } from "../../protocol/http/evidence.ts";
import type { GateView } from "../../protocol/http/gates.ts";
import { Card } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { CriterionRow } from "./CriterionRow.tsx";
import { criteriaSummary, isInTheWay } from "./deciding.ts";

/** What was measured and how it is judged: what stands in the way first, then what must pass, then what must not hold. */
export function EvidenceCard(props: { gate: GateView }) {
  const { criteria } = props.gate;
  const summary = criteriaSummary(criteria);
  const inTheWay = criteria.filter(isInTheWay);
  const met = criteria.filter((criterion) => !isInTheWay(criterion));
  return (
    <Card
      bleed
      title="Evidence"
      aside={
        criteria.length > 0 && (
          <span className={summary.isGood ? "font-medium text-good" : "font-medium text-stop"}>{summary.text}</span>
        )
      }
    >
      {criteria.length === 0 && (
        <EmptyState title="This gate has no criteria">
          People decide it by what they know; nothing is measured for it.
        </EmptyState>
      )}
      <Group title="In the way of a GO" criteria={inTheWay} />
      <Group title="Must pass" criteria={met.filter((criterion) => criterion.kind !== "nogo")} />
      <Group title="NO-GO: none of these is so" criteria={met.filter((criterion) => criterion.kind === "nogo")} />
    </Card>
  );
}

function Group(props: { title: string; criteria: readonly CriterionView[] }) {
  if (props.criteria.length === 0) return null;
  return (
    <section aria-label={props.title}>
      <h3 className="border-line border-y bg-sunken px-4 py-1.5 font-semibold text-label">{props.title}</h3>
      <ul>
        {props.criteria.map((criterion) => (
          <CriterionRow key={criterion.id} criterion={criterion} />
        ))}
      </ul>
    </section>
  );
}
