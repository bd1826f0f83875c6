"use client";

import { useRun } from "../data/RunProvider.tsx";
import { TextOrderDialog } from "../window/TextOrderDialog.tsx";
import type { ReasonOrder } from "./cards/answers.ts";
import { stepById } from "./nowStep.ts";

/** Asks for the reason of an order, which stands in the record. Only the cancel of a task may go without one. */
export default function ReasonDialog(props: { order: ReasonOrder; label: string; onClose: () => void }) {
  const { order } = props;
  const { run } = useRun();
  const isAfterwards = order.order === "giveRollbackReason";
  const step = isAfterwards ? undefined : stepById(run, order.stepId);
  const consequence = CONSEQUENCES[order.order];
  return (
    <TextOrderDialog
      title={`${props.label}?`}
      description={step ? `${step.title}. ${consequence}` : consequence}
      safe={isAfterwards ? "Not now" : "Leave it as it is"}
      act={props.label}
      variant={isAfterwards ? "primary" : "neutral"}
      label="Reason"
      {...(order.order !== "cancelTask" && { whenEmpty: "Write the reason." })}
      order={(reason) => ({ ...order, reason })}
      onClose={props.onClose}
    />
  );
}

const CONSEQUENCES = {
  skip: "The run goes on without it; the reason stands in the record.",
  cancelTask: "The whole process tree is ended on the host, and proven dead. The run is held then.",
  giveRollbackReason: "Why the run was rolled back, for the record and the report.",
} as const satisfies Record<ReasonOrder["order"], string>;
