"use client";

import { formatDayShort, formatTime } from "../../domain/format/time.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Card } from "../ui/Card.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { Row, Rows } from "../ui/Rows.tsx";

const KINDS = { task: "task", check: "check", retention: "not before" } as const;

/** What is to be done in the days after; with its day once the run has ended. A run that did not get there leaves nothing of it to do. */
export function AfterwardsCard() {
  const { run } = useRun();
  if (run.afterwards.length === 0 || run.outcome === "abandoned" || run.rolledBack !== null) return null;
  return (
    <Card title="Afterwards" aside={run.afterwards.length}>
      <Rows label="Afterwards">
        {run.afterwards.map((task) => (
          <Row
            key={task.id}
            density="check"
            mark={<Glyph name={task.kind === "retention" ? "clock" : "circle"} className="text-ink2" />}
            aside={
              <span className="text-ink3 text-label">
                {KINDS[task.kind]}
                {task.dueAt !== null && ` ${formatDayShort(task.dueAt, run.zone)}, ${formatTime(task.dueAt, run.zone)}`}
              </span>
            }
            {...(task.notes !== null && { note: task.notes })}
          >
            {task.title}
          </Row>
        ))}
      </Rows>
    </Card>
  );
}
