"use client";

import { useConnection } from "../data/live/LiveProvider.tsx";
import { useOrders, useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { useRollbackDialog } from "./RollbackDialogHost.tsx";
import type { RailOrders } from "./railOrders.ts";
import { railOrders } from "./railOrders.ts";

/** What Hold and Roll back do now, with how far an order on its way is. */
export function useRailOrders(): RailOrders & {
  readonly holdBusy: string | undefined;
  readonly rollBackBusy: string | undefined;
  readonly giveHold: () => void;
  readonly askRollback: () => void;
} {
  const { run, reader } = useRun();
  const { connection } = useConnection();
  const { give, busyWord } = useOrders();
  const { open } = useRollbackDialog();
  const orders = railOrders(run, reader.may, connection.state !== "lost");
  return {
    ...orders,
    holdBusy: busyWord(orders.hold.order),
    rollBackBusy: busyWord({ order: "rollBack", reason: "" }),
    giveHold: () => void give(orders.hold.order),
    askRollback: open,
  };
}

/** Hold and Roll back, left and right, always in their place. Their reasons stand below both, so that neither moves. */
export function OrderButtons(props: { size: "large" | "huge"; keys: boolean }) {
  const { hold, rollBack, holdBusy, rollBackBusy, giveHold, askRollback } = useRailOrders();
  const reasons = [...new Set([hold.because, rollBack.because])].filter((reason) => reason !== undefined);
  return (
    <div>
      <div className="grid grid-cols-2 gap-2">
        <Button
          wide
          size={props.size}
          icon={<Glyph name={hold.isResume ? "play" : "bars"} />}
          keyHint={props.keys ? "H" : undefined}
          busy={holdBusy}
          disabledReason={hold.because}
          reasonPlace="elsewhere"
          onClick={giveHold}
        >
          {hold.label}
        </Button>
        <Button
          wide
          size={props.size}
          variant="back"
          icon={<Glyph name="bentArrow" />}
          keyHint={props.keys ? "B" : undefined}
          busy={rollBackBusy}
          disabledReason={rollBack.because}
          reasonPlace="elsewhere"
          onClick={askRollback}
        >
          {rollBack.label}
        </Button>
      </div>
      {reasons.length > 0 && <p className="mt-2 text-ink3 text-label">{reasons.join(" ")}</p>}
    </div>
  );
}
