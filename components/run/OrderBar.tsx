"use client";

import { formatTime } from "../../domain/format/time.ts";
import { useRun } from "../data/RunProvider.tsx";
import { useNow } from "../ui/Now.tsx";
import { LOSS_INK, lossWords } from "./lossWords.ts";
import { OrderButtons } from "./OrderButtons.tsx";
import { backAtMs } from "./rollbackRest.ts";

/** Below 1200 px: the time of a rollback and the two orders, at the bottom; on a phone above the bar of places. */
export function OrderBar() {
  const { run } = useRun();
  if (run.stage === "ended") return null;
  return (
    <section
      aria-label="Orders"
      className="fixed inset-x-0 bottom-0 z-10 border-line border-t bg-surface px-page pt-2 pb-3 wide:hidden phone:bottom-[calc(3.5rem+max(0.5rem,env(safe-area-inset-bottom)))]"
    >
      <Summary />
      <OrderButtons size="large" keys={false} />
    </section>
  );
}

function Summary() {
  const { run } = useRun();
  const now = useNow();
  const isBack = run.rolledBack !== null;
  if (!run.rollback.possible && !isBack) return null;
  const atMs = isBack ? backAtMs(run, now) : now + run.rollback.expectedMs;
  const loss = lossWords(run.rollback);
  return (
    <p className="mb-2 text-label">
      <span className="font-semibold text-back">
        {isBack ? "Back" : "If we roll back now: back"} by about {formatTime(atMs, run.zone)}.
      </span>{" "}
      <span className={LOSS_INK[loss.kind]}>{loss.sentence}</span>
    </p>
  );
}
