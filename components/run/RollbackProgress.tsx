"use client";

import { formatCountOf } from "../../domain/format/count.ts";
import { formatTime } from "../../domain/format/time.ts";
import type { RunView } from "../../protocol/http/runs.ts";
import { useRun } from "../data/RunProvider.tsx";
import { TimeLeft } from "../ui/Age.tsx";
import { useNow } from "../ui/Now.tsx";
import { Progress } from "../ui/Progress.tsx";
import { backAtMs } from "./rollbackRest.ts";

/** Who wanted it back and why, as far as it was said; empty where nothing was. */
function whyBack({ rolledBack }: RunView): string {
  if (!rolledBack) return "";
  const why = rolledBack.reason ?? rolledBack.detail;
  if (!rolledBack.by) return why === "" ? "" : `It goes back by itself. ${why}`;
  return why === "" ? `${rolledBack.by} ordered it.` : `${rolledBack.by} ordered it: ${why}`;
}

/** Why a run goes back, and how far it is: when it will be done, and how many of its steps are. */
export function RollbackProgress() {
  const { run } = useRun();
  const now = useNow();
  const { steps } = run.rollback;
  const done = steps.filter((step) => step.stage === "done" || step.stage === "skipped").length;
  const atMs = backAtMs(run, now);
  const isHeld = run.stage === "held";
  const why = whyBack(run);
  return (
    <div className="mt-2">
      {why && <p className="mb-2 max-w-prose text-ink2">{why}</p>}
      <p className="flex flex-wrap items-baseline gap-x-3">
        {!isHeld && (
          <>
            <span className="font-semibold text-headline">done by about {formatTime(atMs, run.zone)}</span>
            <span className="text-ink2 text-large">
              <TimeLeft untilMs={atMs} />
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
