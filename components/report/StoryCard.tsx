"use client";

import { formatCounted } from "../../domain/format/count.ts";
import { formatDayShort, formatTimeSeconds } from "../../domain/format/time.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { Fold } from "../ui/Fold.tsx";

/** The run's own story, line by line, with refused orders in it; events that tell a person nothing have no line. */
export function StoryCard() {
  const { run } = useRun();
  return (
    <Card title="What happened" aside={formatCounted(run.log.length, "line")}>
      <CardContent>
        <Fold summary="Line by line" open={run.log.length <= 40}>
          <ol className="mt-2 flex flex-col gap-0.5 text-label">
            {run.log.map((line, place) => {
              const day = formatDayShort(line.at, run.zone);
              const before = run.log[place - 1];
              const isNewDay = before === undefined || formatDayShort(before.at, run.zone) !== day;
              return (
                <li key={line.seq} className="grid grid-cols-[4rem_minmax(0,1fr)] gap-x-2">
                  {isNewDay && <span className="col-span-2 mt-1 font-semibold text-ink2">{day}</span>}
                  <span className="text-ink3">{formatTimeSeconds(line.at, run.zone)}</span>
                  <span>{line.text}</span>
                </li>
              );
            })}
          </ol>
        </Fold>
      </CardContent>
    </Card>
  );
}
