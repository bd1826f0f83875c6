import { findCriterion } from "../../gate/criteria.ts";
import { GO_GATE } from "../../gate/goGate.ts";
import type { CompiledMeasure } from "../../runbook/compiled.ts";
import { later, parseDuration } from "../../time.ts";
import type { Actor } from "../actor.ts";
import { isOneOf } from "../actor.ts";
import { beginStep, needsOpenGate } from "../advance/beginStep.ts";
import { emitFacts } from "../advance/concludeStep.ts";
import { isOutOfReach } from "../advance/outOfReach.ts";
import { isFieldValue } from "../fieldValues.ts";
import type { OrderOf } from "../intents.ts";
import type { RunStage } from "../stages.ts";
import { gateOf, stepStageOf } from "../stepOf.ts";
import type { Refusal, Turn } from "../turn.ts";
import { refuse } from "../turn.ts";

const UNTIL_THE_END: readonly RunStage[] = ["preparing", "deciding", "ready", "running", "held"];

/** Measures checklist items anew, one after another on each host. Items that are being measured already are left alone. */
export function measure(turn: Turn, order: OrderOf<"measure">, actor: Actor): Refusal | undefined {
  if (!UNTIL_THE_END.includes(turn.state.stage)) return refuse("wrongStage");
  const wanted: CompiledMeasure[] = [];
  for (const itemId of new Set(order.itemIds)) {
    const item = turn.plan.measures.find(({ id }) => id === itemId);
    if (item === undefined) return refuse("unknownStep", itemId);
    if (needsOpenGate(item, item.task) && gateOf(turn.state, GO_GATE).stage !== "open") {
      return refuse("needsApproval", item.title);
    }
    if (isOutOfReach(turn, item)) return refuse("hostNotConnected", item.title);
    if (stepStageOf(turn.state, itemId) !== "running") wanted.push(item);
  }
  if (wanted.length === 0) return refuse("alreadyOrdered");
  for (const item of wanted) beginStep(turn, item, { by: actor.userId });
  return undefined;
}

/** Records what only a person knows. The answer becomes a fact; for an announcement, that it was sent. */
export function confirmItem(turn: Turn, order: OrderOf<"confirmItem">, actor: Actor): Refusal | undefined {
  if (!UNTIL_THE_END.includes(turn.state.stage)) return refuse("wrongStage");
  const item = turn.plan.runbook.checklist.flatMap(({ items }) => items).find(({ id }) => id === order.itemId);
  if (item === undefined) return refuse("unknownStep", order.itemId);
  const { confirm, announce } = item;
  if (confirm === undefined && announce === undefined)
    return refuse("unknownStep", "Nobody confirms this item: it is measured.");
  if (!isOneOf(actor, confirm?.by ?? [item.owner])) return refuse("notAllowed", "Others are named for this.");
  if (!isFieldValue(confirm?.type ?? "yesNo", order.value)) return refuse("fieldInvalid", item.title);
  turn.emit({
    type: "itemConfirmed",
    itemId: order.itemId,
    value: order.value,
    reason: order.reason,
    by: actor.userId,
  });
  if (confirm !== undefined) {
    const freshForMs =
      confirm.expires === undefined ? turn.plan.freshForMs[confirm.fact] : parseDuration(confirm.expires);
    const source = { kind: "person" as const, userId: actor.userId, reason: order.reason };
    const staleAt = freshForMs === undefined ? {} : { staleAt: later(turn.now, freshForMs) };
    emitFacts(turn, [{ name: confirm.fact, value: order.value, measuredAt: turn.now, ...staleAt, source }]);
  }
  if (announce !== undefined && order.value === true && !isAnnounced(turn, announce)) {
    turn.emit({ type: "announcementDue", announcementId: announce });
  }
  return undefined;
}

function isAnnounced(turn: Turn, announcementId: string): boolean {
  return turn.state.announced.some((announced) => announced.announcementId === announcementId);
}

/** Waives a criterion for this run: only one that the runbook marks, only by those it names, always with a reason. */
export function waive(turn: Turn, order: OrderOf<"waive">, actor: Actor): Refusal | undefined {
  if (!UNTIL_THE_END.includes(turn.state.stage)) return refuse("wrongStage");
  const found = findCriterion(turn.plan, order.criterionId);
  if (found === undefined) return refuse("unknownStep", order.criterionId);
  if (found.gateId === GO_GATE && turn.state.startedAt !== undefined) return refuse("wrongStage");
  const { waivable } = found.criterion;
  if (waivable === undefined) return refuse("notWaivable", found.criterion.title);
  if (!isOneOf(actor, waivable.by)) return refuse("notAllowed", "Others are named for this.");
  if (turn.state.requesters.includes(actor.userId)) return refuse("ownRequest");
  if (turn.state.waivers[order.criterionId] !== undefined) return refuse("alreadyOrdered");
  turn.emit({ type: "criterionWaived", criterionId: order.criterionId, reason: order.reason, by: actor.userId });
  return undefined;
}

/** Records that a passphrase was sealed to the run's key: who holds it and where it is kept, never its words. */
export function recordSecret(turn: Turn, order: OrderOf<"recordSecret">, actor: Actor): Refusal | undefined {
  if (!UNTIL_THE_END.includes(turn.state.stage)) return refuse("wrongStage");
  const secret = turn.plan.runbook.secrets[order.secret];
  if (secret === undefined) return refuse("unknownStep", order.secret);
  if (!isOneOf(actor, [secret.holder])) return refuse("notAllowed", "Its holder seals it.");
  turn.emit({
    type: "secretSealed",
    secret: order.secret,
    holder: actor.userId,
    place: order.place,
    recipient: order.recipient,
    by: actor.userId,
  });
  return undefined;
}
