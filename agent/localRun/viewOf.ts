import { renderAnnouncement } from "../../domain/announcement/render.ts";
import { announcementValues } from "../../domain/announcement/values.ts";
import { quorumOf } from "../../domain/gate/quorum.ts";
import { eventText } from "../../domain/run/eventText.ts";
import type { AnyStep } from "../../domain/run/findStep.ts";
import { findStep, workOf } from "../../domain/run/findStep.ts";
import { lossNow, rollbackPlan } from "../../domain/run/rollbackPlan.ts";
import type { RunState } from "../../domain/run/state.ts";
import { isActive } from "../../domain/run/stepOf.ts";
import type { Instant } from "../../domain/time.ts";
import type { PackedRun } from "../runPack/readRun.ts";
import type { LocalEvent, LocalRun } from "./localRun.ts";
import type { LocalView } from "./localView.ts";

/** What the terminal is shown; `local` is absent while the run was not taken over. */
export function viewOf(run: PackedRun, local: LocalRun | undefined, after: number, now: Instant): LocalView {
  const state = local?.state() ?? run.state;
  const events = local?.events() ?? [];
  const { about, runId, head } = run.pack;
  const stopped = stoppedStep(run, state);
  const running = Object.values(state.tasks).filter(isActive);
  const question = questionOf(run, state);
  const back = rollbackOf(run, state, now);
  const [runningStep] = running;
  return {
    ...{ runId, title: about.window.title, zone: about.window.zone, packSeq: head.seq, stage: state.stage },
    ...(state.outcome === undefined ? {} : { outcome: state.outcome }),
    isOurs: local?.isOurs() === true,
    ...(state.hold === undefined ? {} : { hold: holdOf(state.hold) }),
    running: running.map(({ stepId }) => run.names.step(stepId)),
    ...(stopped === undefined ? {} : { stopped }),
    ...(runningStep === undefined ? {} : { runningStep: runningStep.stepId }),
    ...(question === undefined ? {} : { question }),
    ...(back === undefined ? {} : { rollback: back }),
    people: about.people.map(({ userId, name, role }) => ({ userId, name, role })),
    lines: events.slice(after).flatMap((made) => lineOf(run, made)),
    lineCount: events.length,
  };
}

function holdOf({ detail, stepId }: NonNullable<RunState["hold"]>): NonNullable<LocalView["hold"]> {
  return { detail, ...(stepId === undefined ? {} : { stepId }) };
}

function lineOf(run: PackedRun, { at, event, state }: LocalEvent): LocalView["lines"] {
  if (event.type === "announcementDue") return [{ at, text: announcementText(run, event.announcementId, state, at) }];
  const text = eventText(event, run.names);
  return text === undefined ? [] : [{ at, text }];
}

/** To be copied to whoever has to read it: nobody is there to send it. */
function announcementText({ plan, pack, names }: PackedRun, id: string, state: RunState, now: Instant): string {
  const title = `Announcement ${names.announcement(id)} is due.`;
  const announcement = plan.runbook.announcements.find((one) => one.id === id);
  if (announcement === undefined) return title;
  const { title: windowTitle, service, zone } = pack.about.window;
  const window = {
    ...{ title: windowTitle, service, zone },
    startsAt: state.windowStartsAt,
    endsAt: state.windowEndsAt,
  };
  const context = { plan, window, parameters: state.parameters, run: state, now };
  const rendered = renderAnnouncement(announcement, announcementValues(context));
  if (!rendered.ok) return `${title} It can't be filled in: ${rendered.message}`;
  return `${title} Copy it to ${announcement.audience}:\n--- ${rendered.subject}\n${rendered.text}\n---`;
}

function stoppedStep({ plan }: PackedRun, state: RunState): LocalView["stopped"] {
  const step = Object.values(state.steps).find(
    ({ stage, section }) =>
      section === (state.rollback === undefined ? "forward" : "rollback") &&
      (stage === "failed" || stage === "unknown" || stage === "cancelled"),
  );
  const found: AnyStep | undefined = step === undefined ? undefined : findStep(plan, step.stepId);
  if (found === undefined) return undefined;
  const notes = found.section === "checklist" ? undefined : found.source.notes;
  return { stepId: found.id, title: found.title, ...(notes === undefined ? {} : { notes }) };
}

function questionOf({ plan, names }: PackedRun, state: RunState): LocalView["question"] {
  const waiting = Object.values(state.steps).find(({ stage, kind }) => stage === "waiting" && kind !== "wait");
  const step = waiting === undefined ? undefined : findStep(plan, waiting.stepId);
  if (step === undefined) return undefined;
  const work = workOf(step);
  if (work.kind === "manual") {
    const fields = Object.entries(work.manual.fields).map(([name, { title, type, required }]) => ({
      ...{ name, title, type, required },
    }));
    const { instructions, by } = work.manual;
    return { kind: "manual", stepId: step.id, title: step.title, instructions, by, fields };
  }
  if (work.kind !== "gate") return undefined;
  const { gateId, spec } = work.gate;
  const expiresAt = state.gates[gateId]?.expiresAt;
  return {
    ...{ kind: "gate", stepId: step.id, title: names.gate(gateId), of: [...quorumOf(spec).of] },
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function rollbackOf({ plan }: PackedRun, state: RunState, now: Instant): LocalView["rollback"] {
  if (state.stage === "ended" || state.rollback !== undefined) return undefined;
  const { steps } = rollbackPlan(plan, state, now);
  if (steps.length === 0) return undefined;
  const loss = lossNow(plan, state, now);
  const loses =
    loss.kind === "nothing" ? "nothing" : loss.kind === "unknown" ? "nobody knows whether something" : loss.title;
  return { steps: steps.map(({ title }) => title), loses };
}
