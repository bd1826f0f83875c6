import type { RunView } from "../../../protocol/http/runs.ts";
import type { OrderInput } from "../../data/orderWords.ts";
import type { WindowPageId } from "../../window/windowPages.ts";
import type { NowStep } from "../nowStep.ts";
import { nameOfStep } from "../nowStep.ts";
import type { Reader } from "./model.ts";

/** What a reader can do about the state, as a button or a link in the step's card. At most one is filled. */
export type Answer = {
  /** What happens: "Retry step 5". */
  readonly label: string;
  readonly filled: boolean;
  /** Why it can't be done now. */
  readonly because: string | undefined;
} & (
  | { readonly does: "order"; readonly order: OrderInput }
  /** Asks for a reason first. */
  | { readonly does: "reason"; readonly order: ReasonOrder }
  | { readonly does: "go"; readonly page: WindowPageId }
);

/** An order that is nothing without its reason; the dialog adds it. */
export type ReasonOrder =
  | { readonly order: "skip" | "cancelTask"; readonly stepId: string }
  | { readonly order: "giveRollbackReason" };

/** Why this reader can't give an order now; undefined where they can. */
export function may(reader: Reader, order: OrderInput["order"]): string | undefined {
  const said = reader.may[order];
  return said?.allowed === false ? (said.because ?? "This can't be done now.") : undefined;
}

/** A button that gives an order at once. */
export function orderAnswer(reader: Reader, label: string, order: OrderInput, filled: boolean): Answer {
  return { does: "order", label, order, filled, because: may(reader, order.order) };
}

/** A button that asks for a reason and then gives the order. */
export function reasonAnswer(reader: Reader, label: string, order: ReasonOrder, filled: boolean): Answer {
  return { does: "reason", label, order, filled, because: may(reader, order.order) };
}

/** A link to another page of the window. */
export function goAnswer(label: string, page: WindowPageId, filled: boolean): Answer {
  return { does: "go", label, page, filled, because: undefined };
}

/** Skipping a step, where its runbook allows that. */
export function skipAnswers(reader: Reader, step: NowStep): readonly Answer[] {
  if (!step.skippable || step.kind === "gate") return [];
  return [reasonAnswer(reader, `Skip ${nameOfStep(step)}`, { order: "skip", stepId: step.id }, false)];
}

/** Asks whoever ordered a rollback why, until they have said so. One that began by itself has said why. */
export function reasonOfRollback(run: RunView, reader: Reader): readonly Answer[] {
  if (!run.rolledBack?.by || run.rolledBack.reason !== null) return [];
  return [reasonAnswer(reader, "Give the reason", { order: "giveRollbackReason" }, true)];
}
