"use client";

import type { FactView } from "../../protocol/http/evidence.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Age } from "../ui/Age.tsx";
import { MeasuredBy } from "../ui/MeasuredBy.tsx";
import { useNow } from "../ui/Now.tsx";

/** A value that opens its source, moment and freshness on a press. */
export function EvidenceValue(props: { fact: FactView }) {
  const { fact } = props;
  const { run } = useRun();
  return (
    <MeasuredBy
      label={fact.title}
      measurement={{
        source: fact.source,
        atMs: fact.measuredAt,
        zone: run.zone,
        ...(fact.staleAt !== null && { freshForMs: fact.staleAt - fact.measuredAt }),
      }}
    >
      {fact.text}
    </MeasuredBy>
  );
}

/** The values of a criterion: a single one stands at its title and here only with its source; several each in a row of their own. */
export function EvidenceValues(props: { values: readonly FactView[]; single: FactView | undefined; title: string }) {
  const { values, single, title } = props;
  if (single) return <Source fact={single} withTitle={single.title !== title} />;
  if (values.length === 0) return null;
  return (
    <ul className="flex flex-col gap-0.5">
      {values.map((fact) => (
        <li key={fact.name} className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3">
          <Source fact={fact} withTitle />
          <b className="wrap-anywhere max-w-40 text-right text-ink">
            <EvidenceValue fact={fact} />
          </b>
        </li>
      ))}
    </ul>
  );
}

function Source(props: { fact: FactView; withTitle: boolean }) {
  const { fact } = props;
  const now = useNow();
  const isStale = fact.staleAt !== null && fact.staleAt <= now;
  return (
    <p className="wrap-anywhere min-w-0">
      {props.withTitle && `${fact.title}, `}
      {fact.source}, <Age sinceMs={fact.measuredAt} ago className={isStale ? "font-semibold text-ask" : ""} />
      {isStale && ", stale"}
    </p>
  );
}
