"use client";

import { formatTime } from "../../domain/format/time.ts";
import type { AnnouncementView } from "../../protocol/http/announcements.ts";
import { Age } from "../ui/Age.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Wells } from "../ui/Wells.tsx";

/** What was filled into the text: each value with its source and age. */
export function FactsUsed(props: { view: AnnouncementView | undefined; zone: string }) {
  const { view, zone } = props;
  return (
    <Card title="Facts used" aside={view?.filled.length}>
      {!view ? (
        <Wells label="the facts" lines={4} />
      ) : view.filled.length === 0 && view.missing.length === 0 ? (
        <EmptyState title="Nothing is filled in">This text is the same whatever happens.</EmptyState>
      ) : (
        <CardContent>
          {view.missing.length > 0 && (
            <ul aria-label="Missing" className="mb-2 flex flex-col gap-1 text-label">
              {view.missing.map((name) => (
                <li key={name} className="flex justify-between gap-3 text-stop">
                  <span>{name}</span>
                  <b>no value yet</b>
                </li>
              ))}
            </ul>
          )}
          <dl className="grid gap-y-1.5 text-label">
            {uniqueNames(view.filled).map((fact) => (
              <div key={fact.label} className="flex flex-wrap justify-between gap-x-3">
                <dt>{fact.label}</dt>
                <dd className="ml-auto text-right font-semibold">{fact.value}</dd>
                <dd className="flex w-full justify-between gap-3 text-ink3">
                  <span className="min-w-0">{fact.source}</span>
                  {fact.at !== null && (
                    <span title={formatTime(fact.at, zone)}>
                      <Age sinceMs={fact.at} />
                    </span>
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </CardContent>
      )}
    </Card>
  );
}

/** The same fact can stand in several forms ("61 %", "29 GB"): each keeps its own row, told apart by a number. */
function uniqueNames(
  filled: AnnouncementView["filled"],
): readonly (AnnouncementView["filled"][number] & { label: string })[] {
  const seen = new Map<string, number>();
  return filled.map((fact) => {
    const count = (seen.get(fact.name) ?? 0) + 1;
    seen.set(fact.name, count);
    return { ...fact, label: count === 1 ? fact.name : `${fact.name} (${count})` };
  });
}
