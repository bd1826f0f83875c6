"use client";

import clsx from "clsx";
import { formatCounted } from "../../domain/format/count.ts";
import type { TriggerView } from "../../protocol/http/runs.ts";
import { TriggerBar } from "../charts/TriggerBar.tsx";
import { useRun } from "../data/RunProvider.tsx";
import { Age } from "../ui/Age.tsx";
import { Card } from "../ui/Card.tsx";
import { triggerScale } from "./triggerScale.ts";

const ACTION_WORDS = { notify: "notifies", hold: "holds", rollback: "rolls back" } as const;
const STAGE_WORDS = {
  quiet: "quiet",
  pending: "pending",
  fired: "fired",
  notArmed: "not armed",
  paused: "paused: planned stop",
  noData: "no data",
} as const;

/** The watched conditions: what each does, where its value lies, what fired first. Nothing where the runbook has none. */
export function TriggersCard() {
  const { run } = useRun();
  if (run.triggers.length === 0) return null;
  const armed = run.triggers.filter((each) => each.stage !== "notArmed" && each.stage !== "paused").length;
  const paused = run.triggers.filter((each) => each.stage === "paused").length;
  return (
    <Card
      title="Triggers"
      aside={`${formatCounted(armed, "armed", "armed")}${paused > 0 ? `, ${formatCounted(paused, "paused", "paused")}` : ""}`}
    >
      <ul className="text-label">
        {run.triggers.map((trigger) => (
          <Trigger key={trigger.id} trigger={trigger} />
        ))}
      </ul>
    </Card>
  );
}

function Trigger(props: { trigger: TriggerView }) {
  const { trigger } = props;
  const scale = triggerScale(trigger);
  const isFired = trigger.stage === "fired";
  const isQuietOrOff = trigger.stage === "quiet" || trigger.stage === "notArmed" || trigger.stage === "paused";
  return (
    <li className={clsx("border-line border-t px-4 py-1.5", isFired && "bg-stop-wash")} title={trigger.expression}>
      <div className="flex justify-between gap-3">
        <span className="min-w-0">
          {trigger.title} <span className="text-ink3">{ACTION_WORDS[trigger.action]}</span>
        </span>
        <span className="whitespace-nowrap text-right">
          {trigger.value !== null && !isQuietOrOff && <b>{trigger.value} </b>}
          <span
            className={clsx(
              isFired ? "font-semibold text-stop" : trigger.stage === "pending" ? "text-ask" : "text-ink3",
            )}
          >
            {STAGE_WORDS[trigger.stage]}
          </span>
        </span>
      </div>
      {trigger.since !== null && (trigger.stage === "pending" || isFired) && (
        <p className="text-ink2">
          for <Age sinceMs={trigger.since} />
        </p>
      )}
      {scale && !isQuietOrOff && (
        <TriggerBar share={scale.share} threshold={scale.threshold} fired={isFired} className="mt-1" />
      )}
    </li>
  );
}
