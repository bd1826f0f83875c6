import type { RunReader, RunView } from "../../protocol/http/runs.ts";
import type { OrderInput } from "../data/orderWords.ts";

/** A button that is always in its place: what it does now, or why it can't. */
export interface RailOrder {
  readonly label: string;
  readonly because: string | undefined;
}

/** The two orders that never move: Hold, which is Resume while the run is held, and Roll back. */
export interface RailOrders {
  readonly hold: RailOrder & { readonly order: OrderInput; readonly isResume: boolean };
  readonly rollBack: RailOrder;
}

/**
 * What Hold and Roll back do now. A button that can't be used is disabled in its place and says why.
 * @param isConnected whether this page knows what it shows to be true now
 */
export function railOrders(run: RunView, may: RunReader["may"], isConnected: boolean): RailOrders {
  const isResume = run.stage === "held";
  const isOver = run.stage === "ended" ? "The run has ended." : undefined;
  const lost = isConnected ? isOver : "This page is not connected.";
  const failedStep = run.steps.find((step) => step.id === run.hold?.stepId);
  // Resuming over a failed step would only hold again: the step's own card has the answer.
  const needsAnswer =
    isResume && (failedStep?.stage === "failed" || failedStep?.stage === "unknown" || failedStep?.stage === "cancelled")
      ? "The failed step is answered first."
      : undefined;
  return {
    hold: {
      label: isResume ? "Resume" : "Hold",
      isResume,
      order: isResume ? { order: "resume" } : { order: "hold", reason: "" },
      because: lost ?? needsAnswer ?? reasonNot(may, isResume ? "resume" : "hold"),
    },
    rollBack: { label: "Roll back", because: lost ?? whyNoRollback(run, may) },
  };
}

function reasonNot(may: RunReader["may"], order: OrderInput["order"]): string | undefined {
  const said = may[order];
  return said?.allowed === false ? (said.because ?? "This can't be done now.") : undefined;
}

function whyNoRollback(run: RunView, may: RunReader["may"]): string | undefined {
  if (run.rollbackOrdered) return "A rollback is ordered already.";
  if (run.rolledBack) return "It is being rolled back.";
  const because = reasonNot(may, "rollBack");
  if (because !== undefined) return because;
  return run.rollback.possible ? undefined : "Nothing has begun that a rollback would undo.";
}
