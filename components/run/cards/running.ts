import type { GateView } from "../../../protocol/http/gates.ts";
import type { RunView } from "../../../protocol/http/runs.ts";
import { criteriaSummary, standingDecision, waitsForReader } from "../../decide/deciding.ts";
import type { NowStep } from "../nowStep.ts";
import type { Answer } from "./answers.ts";
import { goAnswer, reasonAnswer, reasonOfRollback, skipAnswers } from "./answers.ts";
import type { Part, Reader } from "./model.ts";

/** A step runs, or a wait passes. */
export function runningCard(run: RunView, reader: Reader, step: NowStep): Part {
  const isGate = step.kind === "gate";
  const answers: Answer[] = [];
  if (run.stage === "rollingBack") answers.push(...reasonOfRollback(run, reader));
  if (step.stage === "running" && step.taskId !== null && !step.cancelOrdered) {
    answers.push(reasonAnswer(reader, "Cancel the task", { order: "cancelTask", stepId: step.id }, false));
  }
  if (step.stage === "waiting" && step.kind === "wait") answers.push(...skipAnswers(reader, step));
  return {
    key: `${step.id} ${step.attempt}`,
    title: isGate ? `Gate: ${step.title}` : step.title,
    showsProgress: !isGate,
    sentence: step.cancelOrdered
      ? `The task is being ended on ${step.host ?? "its host"}. It counts as ended when the host has proven it.`
      : (step.purpose ?? undefined),
    answers,
  };
}

/** A gate waits for people. */
export function gateCard(run: RunView, reader: Reader, step: NowStep): Part {
  const gate = run.gates.find(({ gateId }) => gateId === step.id);
  const waits = gate !== undefined && waitsForReader(gate, reader.userId);
  return {
    key: `gate ${step.id}`,
    title: `Gate: ${step.title}`,
    say: gate && {
      what: `${criteriaSummary(gate.criteria).text}; ${gate.needs}.`,
      data: run.dataSentence,
      todo: waits ? "Read the evidence and decide." : whoDecides(gate),
    },
    answers: [goAnswer(waits ? "Read and decide" : "Read what is decided", "decide", waits)],
  };
}

/** Who can still decide at a gate, by name. */
function whoDecides(gate: GateView): string {
  const names = gate.deciders
    .filter((each) => !each.isRequester && standingDecision(gate, each.userId) === undefined)
    .map((each) => each.name);
  if (names.length === 0) return "Nobody is left who may decide here.";
  const [last] = names.slice(-1);
  const list = names.length === 1 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
  return `${list} can decide.`;
}

/** A step that a person does by hand. */
export function manualCard(run: RunView, reader: Reader, step: NowStep): Part {
  const by = step.manual?.by.join(" or ") ?? "";
  return {
    key: `manual ${step.id} ${step.attempt}`,
    title: step.title,
    asksFields: true,
    say: {
      what: step.manual?.instructions ?? step.title,
      data: run.dataSentence,
      todo: by === "" ? "Do it and say so below." : `Somebody of ${by} does it and says so below.`,
    },
    answers: skipAnswers(reader, step),
  };
}

/** A rollback was ordered, and what runs is being ended first. */
export function rollbackOrderedCard(run: RunView, step: NowStep): Part {
  const by = run.rollbackOrdered?.by;
  return {
    key: "rollback ordered",
    title: "A rollback is ordered",
    showsProgress: step.stage === "running",
    say: {
      what: `${by ? `${by} ordered it. ` : ""}${step.title} is being ended on ${step.host ?? "its host"} first.`,
      data: run.dataSentence,
      todo: "Nothing. It begins when the host has proven that nothing runs any more. Hold calls it off.",
    },
  };
}
