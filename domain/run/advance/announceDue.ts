import type { StepId } from "../../ids.ts";
import type { CompiledRunbook } from "../../runbook/compiled.ts";
import { parseDuration } from "../../time.ts";
import type { RunState } from "../state.ts";
import type { Turn } from "../turn.ts";

/** Moments of a run that announcements can be due at. */
type Moment = "started" | "done" | "rolledBack" | "late";

/**
 * Notes every announcement that has become due by time or by a moment of the run, each once. Sending is the server's part. One
 * that the checklist names is not sent by the clock: a person sends it there, having read it. One that a step announces is due
 * with that step.
 */
export function announceDue(turn: Turn): void {
  for (const announcement of turn.plan.runbook.announcements) {
    if (wasAnnounced(turn.state, announcement.id) || hasPlaceOfItsOwn(turn.plan, announcement.id)) continue;
    const { at } = announcement;
    const due = "before" in at ? isBeforeDue(turn, at.before) : isMoment(at.on) && hasCome(turn, at.on);
    if (due) turn.emit({ type: "announcementDue", announcementId: announcement.id });
  }
}

/** Notes the announcements that are due at each step, when that step begins for the first time. */
export function announceStep(turn: Turn, stepId: StepId): void {
  for (const { id, at } of turn.plan.runbook.announcements) {
    if ("on" in at && at.on === "step") turn.emit({ type: "announcementDue", announcementId: id, stepId });
  }
}

function hasPlaceOfItsOwn(plan: CompiledRunbook, announcementId: string): boolean {
  return (
    plan.runbook.checklist.some(({ items }) => items.some(({ announce }) => announce === announcementId)) ||
    [...plan.steps, ...plan.rollbackSteps].some(
      ({ work }) => work.kind === "announce" && work.announcementId === announcementId,
    )
  );
}

function wasAnnounced(state: RunState, announcementId: string): boolean {
  return state.announced.some((announced) => announced.announcementId === announcementId);
}

function isBeforeDue(turn: Turn, before: string): boolean {
  const { stage, windowStartsAt } = turn.state;
  const ahead = stage === "preparing" || stage === "deciding" || stage === "ready";
  return ahead && turn.now < windowStartsAt && turn.now >= windowStartsAt - (parseDuration(before) ?? 0);
}

function isMoment(on: string): on is Moment {
  return on === "started" || on === "done" || on === "rolledBack" || on === "late";
}

function hasCome(turn: Turn, moment: Moment): boolean {
  const { stage, startedAt, outcome, windowEndsAt } = turn.state;
  switch (moment) {
    case "started":
      return startedAt !== undefined && stage !== "ended";
    case "done":
      return outcome === "completed";
    case "rolledBack":
      return outcome === "rolledBack";
    case "late":
      return startedAt !== undefined && stage !== "ended" && turn.now > windowEndsAt;
    default:
      return moment satisfies never;
  }
}
