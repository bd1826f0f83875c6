import type { StepId } from "../../ids.ts";
import { clip } from "../clip.ts";
import type { HoldCause } from "../stages.ts";
import type { Turn } from "../turn.ts";

/** Holds the run by itself. Nothing where it is held already, or where a rollback was ordered: that goes first. */
export function holdRun(turn: Turn, cause: HoldCause, detail: string, stepId?: StepId): void {
  const { stage, rollbackOrdered } = turn.state;
  if ((stage !== "running" && stage !== "rollingBack") || rollbackOrdered !== undefined) return;
  turn.emit({
    type: "runHeld",
    cause,
    detail: clip(detail, 2000),
    ...(stepId === undefined ? {} : { stepId }),
  });
}
