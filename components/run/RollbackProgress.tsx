"use client";

import { formatCountOf } from "../../domain/format/count.ts";
import { formatTime } from "../../domain/format/time.ts";
import { useRun } from "../data/RunProvider.tsx";
import { TimeLeft } from "../ui/Age.tsx";
import { useNow } from "../ui/Now.tsx";
import { Progress } from "../ui/Progress.tsx";
import { restOfRollbackMs } from "./rollbackRest.ts";

/** How far a rollback is: when it will be done, and how many of its steps are. */
export function RollbackProgress() {
  const { run } = useRun();
  const now = useNow();
  const { steps } = run.rollback;
  const done = steps.filter((step) => step.stage === "done" || step.stage === "skipped").length;
  const restMs = restOfRollbackMs(run.rollback, now);
  const isHeld = run.stage === "held";
  return (
    <div className="mt-2">
      <p className="flex flex-wrap items-baseline gap-x-3">
        {!isHeld && (
          <>
            <span className="font-semibold text-headline">done by about {formatTime(now + restMs, run.zone)}</span>
            <span className="text-ink2 text-large">
              <TimeLeft untilMs={now + restMs} />
            </span>
          </>
        )}
        <span className="text-ink2 text-large">{formatCountOf(done, steps.length)} steps</span>
      </p>
      <Progress
        className="mt-2"
        label="Rollback"
        share={steps.length === 0 ? undefined : done / steps.length}
        tone="back"
        valueText={`${formatCountOf(done, steps.length)} steps of the rollback are done`}
      />
    </div>
  );
}
