"use client";

import clsx from "clsx";
import type { TriggerView } from "../../protocol/http/runs.ts";
import { TriggerBar } from "../charts/TriggerBar.tsx";
import { useRun } from "../data/RunProvider.tsx";
import { SilenceLines } from "../silence/SilenceLines.tsx";
import { Age } from "../ui/Age.tsx";
import { Card } from "../ui/Card.tsx";
import { Fold } from "../ui/Fold.tsx";
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
  const isOn = (trigger: TriggerView): boolean => trigger.stage !== "notArmed";
  const on = run.triggers.filter(isOn);
  const off = run.triggers.filter((trigger) => !isOn(trigger));
  const paused = on.filter((trigger) => trigger.stage === "paused").length;
  return (
    <Card title="Triggers" aside={`${on.length - paused} armed${paused > 0 ? `, ${paused} paused` : ""}`}>
      {on.length > 0 && (
        <ul className="text-label">
          {on.map((trigger) => (
            <Trigger key={trigger.id} trigger={trigger} />
          ))}
        </ul>
      )}
      {off.length > 0 && (
        <Fold summary={`${off.length} not armed in this part`} className="border-line border-t px-4 py-1.5">
          <ul className="-mx-4 mt-1 text-label">
            {off.map((trigger) => (
              <Trigger key={trigger.id} trigger={trigger} />
            ))}
          </ul>
        </Fold>
      )}
    </Card>
  );
}

/** "rolls back" while it is quiet: what it would do; else where it stands. */
function stageText(trigger: TriggerView): string {
  return trigger.stage === "quiet" || trigger.stage === "notArmed"
    ? ACTION_WORDS[trigger.action]
    : STAGE_WORDS[trigger.stage];
}

/** It is about to fire, or nobody can tell whether it should. */
const isAsking = ({ stage }: TriggerView): boolean => stage === "pending" || stage === "noData";

function Trigger(props: { trigger: TriggerView }) {
  const { trigger } = props;
  const scale = triggerScale(trigger);
  const isFired = trigger.stage === "fired";
  const isQuietOrOff = trigger.stage === "quiet" || trigger.stage === "notArmed" || trigger.stage === "paused";
  return (
    <li className={clsx("border-line border-t px-4 py-1.5", isFired && "bg-stop-wash")}>
      <div className="flex justify-between gap-3">
        <span className="min-w-0 truncate" title={`${trigger.title}: ${trigger.expression}`}>
          {trigger.title}
        </span>
        <span className="whitespace-nowrap text-right">
          {trigger.value !== null && !isQuietOrOff && <b>{trigger.value} </b>}
          <span className={clsx(isFired ? "font-semibold text-stop" : isAsking(trigger) ? "text-ask" : "text-ink3")}>
            {stageText(trigger)}
          </span>
        </span>
      </div>
      {trigger.since !== null && (trigger.stage === "pending" || isFired) && (
        <p className="text-ink2">
          for <Age sinceMs={trigger.since} />
        </p>
      )}
      <SilenceLines trigger={trigger} />
      {scale && !isQuietOrOff && (
        <TriggerBar share={scale.share} threshold={scale.threshold} fired={isFired} className="mt-1" />
      )}
    </li>
  );
}
