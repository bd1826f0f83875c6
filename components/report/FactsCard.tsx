"use client";

import { formatDayTime } from "../../domain/format/time.ts";
import type { FactView } from "../../protocol/http/evidence.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Card } from "../ui/Card.tsx";
import { DataTable } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Fold } from "../ui/Fold.tsx";
import type { FactPair } from "./facts.ts";
import { sortFacts } from "./facts.ts";

/** Facts that were measured before and after, side by side; all others with source and time. */
export function FactsCard() {
  const { run } = useRun();
  const { pairs, others } = sortFacts(run.facts);
  const when = (fact: FactView): string => formatDayTime(fact.measuredAt, run.zone);
  return (
    <Card title="Facts before and after" aside={`${run.facts.length} measured`}>
      {pairs.length === 0 ? (
        <EmptyState title="Nothing was measured on both sides">The facts that there are stand below.</EmptyState>
      ) : (
        <DataTable<FactPair>
          caption="Facts before and after"
          items={pairs}
          keyOf={(pair) => pair.name}
          columns={[
            { key: "name", header: "Fact", isName: true, cell: (pair) => pair.title },
            { key: "before", header: "Before", cell: (pair) => <b className="wrap-anywhere">{pair.before.text}</b> },
            { key: "after", header: "After", cell: (pair) => <b className="wrap-anywhere">{pair.after.text}</b> },
            {
              key: "same",
              header: "Compared",
              cell: (pair) =>
                pair.before.text === pair.after.text ? (
                  <span className="text-good">equal</span>
                ) : (
                  <span>not equal</span>
                ),
            },
          ]}
        />
      )}
      {others.length > 0 && (
        <Fold summary={`All others, ${others.length}`} className="border-line border-t px-4 py-2">
          <div className="-mx-4 mt-1">
            <DataTable<FactView>
              caption="All other facts"
              items={others}
              keyOf={(fact) => fact.name}
              columns={[
                { key: "name", header: "Fact", isName: true, cell: (fact) => fact.title },
                { key: "value", header: "Value", cell: (fact) => <b className="break-all">{fact.text}</b> },
                { key: "source", header: "Source", cell: (fact) => fact.source },
                { key: "at", header: "Measured", align: "end", cell: when },
              ]}
            />
          </div>
        </Fold>
      )}
    </Card>
  );
}
