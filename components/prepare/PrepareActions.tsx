"use client";

import { useOrders, useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { useNow } from "../ui/Now.tsx";
import { itemsOf, measurableNow, measureLabel, whyNotAsk } from "./preparation.ts";

/** The next thing that helps, filled, and "Ask for approval" beside it, with its reason in words while it can't be asked. */
export function PrepareActions() {
  const { run, reader } = useRun();
  const { give, busyWord } = useOrders();
  const now = useNow();
  const isBefore = run.stage === "preparing" || run.stage === "deciding" || run.stage === "ready";
  if (!isBefore) return null;
  const items = measurableNow(itemsOf(run));
  const measure = { order: "measure", itemIds: items.map((item) => item.id) } as const;
  const mayMeasure = reader.may.measure;
  const ask = { order: "askApproval" } as const;
  const whyNot = whyNotAsk(run, reader.may, now);
  return (
    <div className="flex flex-col items-end gap-1.5 phone:w-full phone:items-stretch">
      <div className="flex flex-wrap justify-end gap-2 phone:*:flex-1">
        {run.stage === "preparing" && (
          <Button
            size="large"
            variant={whyNot === undefined ? "primary" : "neutral"}
            busy={busyWord(ask)}
            disabledReason={whyNot}
            reasonPlace="elsewhere"
            onClick={() => void give(ask)}
          >
            Ask for approval
          </Button>
        )}
        {items.length > 0 && (
          <Button
            size="large"
            variant={whyNot === undefined || mayMeasure?.allowed === false ? "neutral" : "primary"}
            busy={busyWord(measure)}
            disabledReason={mayMeasure?.allowed === false ? (mayMeasure.because ?? "Others measure.") : undefined}
            reasonPlace="elsewhere"
            onClick={() => void give(measure)}
          >
            {measureLabel(items)}
          </Button>
        )}
      </div>
      {whyNot !== undefined && run.stage === "preparing" && (
        <p className="text-right text-ink2 text-label phone:text-left">{whyNot}</p>
      )}
    </div>
  );
}
