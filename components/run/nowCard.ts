import { formatCountOf } from "../../domain/format/count.ts";
import { formatTime } from "../../domain/format/time.ts";
import type { GateView } from "../../protocol/http/gates.ts";
import type { RunReader, RunView } from "../../protocol/http/runs.ts";
import type { OrderInput } from "../data/orderWords.ts";
import { criteriaSummary, refusedApproval, standingDecision, waitsForReader } from "../decide/deciding.ts";
import type { StateWord } from "../ui/stateWords.ts";
import { shownState } from "../window/shownState.ts";
import type { WindowPageId } from "../window/windowPages.ts";
import type { NowStep } from "./nowStep.ts";
import { currentStep, nameOfStep } from "./nowStep.ts";

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

/** What the card of the current step says: one state, what happened, where the data is, what to do. */
export interface NowCard {
  /** Changes when the card is about something else, so that it crosses over once. */
  readonly key: string;
  readonly word: StateWord;
  readonly title: string;
  readonly step: NowStep | undefined;
  /** Shows bar, figures and times of the step. */
  readonly showsProgress: boolean;
  /** Shows the form of a manual step. */
  readonly asksFields: boolean;
  readonly say: { readonly what: string; readonly data: string; readonly todo: string } | undefined;
  /** One sentence instead of the three lines, where nothing is wrong and nothing is asked. */
  readonly sentence: string | undefined;
  readonly answers: readonly Answer[];
}

interface Reader {
  readonly userId: string;
  readonly may: RunReader["may"];
}

const NOT_TOLD = "Not known yet.";

/** What the card of the current step says now, to this reader. */
export function nowCard(run: RunView, reader: Reader, now: number): NowCard {
  const word = shownState(run, reader.userId);
  const step = currentStep(run);
  const base = {
    word,
    step,
    showsProgress: false,
    asksFields: false,
    say: undefined,
    sentence: undefined,
    answers: [],
  } satisfies Partial<NowCard>;
  if (run.stage === "ended") return { ...base, ...endedCard(run, reader) };
  if (run.startedAt === null || !step) return { ...base, ...beforeCard(run, reader, now) };
  if (run.rollbackOrdered) return { ...base, ...rollbackOrderedCard(run, step) };
  if (step.stage === "failed" || step.stage === "unknown" || step.stage === "cancelled") {
    return { ...base, ...stoppedCard(run, reader, step) };
  }
  if (run.hold) return { ...base, ...heldCard(run, reader, step) };
  if (step.stage === "waiting" && step.kind === "gate") return { ...base, ...gateCard(run, reader, step) };
  if (step.stage === "waiting" && step.kind === "manual") return { ...base, ...manualCard(run, reader, step) };
  return { ...base, ...runningCard(run, reader, step) };
}

type Part = Pick<NowCard, "key" | "title"> & Partial<NowCard>;

function may(reader: Reader, order: OrderInput["order"]): string | undefined {
  const said = reader.may[order];
  return said?.allowed === false ? (said.because ?? "This can't be done now.") : undefined;
}

function orderAnswer(reader: Reader, label: string, order: OrderInput, filled: boolean): Answer {
  return { does: "order", label, order, filled, because: may(reader, order.order) };
}

function reasonAnswer(reader: Reader, label: string, order: ReasonOrder, filled: boolean): Answer {
  return { does: "reason", label, order, filled, because: may(reader, order.order) };
}

function goAnswer(label: string, page: WindowPageId, filled: boolean): Answer {
  return { does: "go", label, page, filled, because: undefined };
}

function beforeCard(run: RunView, reader: Reader, now: number): Part {
  const refused = refusedApproval(run);
  if (refused) {
    return {
      key: `refused ${run.seq}`,
      title: refused.title,
      say: { what: refused.what, data: run.dataSentence, todo: refused.todo },
      answers: [goAnswer("Go on preparing", "prepare", false)],
    };
  }
  const opens = `The window opens at ${formatTime(run.startsAt, run.zone)}.`;
  const items = run.checklist.flatMap((group) => group.items);
  const done = items.filter((item) => item.state === "done").length;
  const signed = run.gates[0]?.decisions.filter((made) => made.life === "valid" && made.verdict === "GO").length ?? 0;
  const prepared = `${formatCountOf(done, items.length)} items are prepared, ${signed} GO ${signed === 1 ? "is" : "are"} signed.`;
  const sentence = `${now < run.startsAt ? opens : now < run.endsAt ? "The window is open." : "The window is over."} Here you will see the current step, how far it is and when it ends. ${prepared}`;
  const waits = run.gates.some((gate) => waitsForReader(gate, reader.userId));
  return {
    key: `before ${run.stage}`,
    title: "No step runs yet",
    sentence,
    answers:
      run.stage === "ready"
        ? [startAnswer(run, reader, now)]
        : run.stage === "deciding"
          ? [goAnswer(waits ? "Read and decide" : "Read what is decided", "decide", waits)]
          : [goAnswer("Go on preparing", "prepare", false)],
  };
}

function startAnswer(run: RunView, reader: Reader, now: number): Answer {
  const answer = orderAnswer(reader, "Start the run", { order: "start" }, true);
  if (answer.because !== undefined) return answer;
  if (now < run.startsAt) return { ...answer, because: `The window opens at ${formatTime(run.startsAt, run.zone)}.` };
  return now < run.endsAt ? answer : { ...answer, because: "The window is over." };
}

function runningCard(run: RunView, reader: Reader, step: NowStep): Part {
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

/** Asks whoever ordered a rollback why, until they have said so. One that began by itself has said why. */
function reasonOfRollback(run: RunView, reader: Reader): readonly Answer[] {
  if (!run.rolledBack?.by || run.rolledBack.reason !== null) return [];
  return [reasonAnswer(reader, "Give the reason", { order: "giveRollbackReason" }, true)];
}

function gateCard(run: RunView, reader: Reader, step: NowStep): Part {
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
export function whoDecides(gate: GateView): string {
  const names = gate.deciders
    .filter((each) => !each.isRequester && standingDecision(gate, each.userId) === undefined)
    .map((each) => each.name);
  if (names.length === 0) return "Nobody is left who may decide here.";
  const [last] = names.slice(-1);
  const list = names.length === 1 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
  return `${list} can decide.`;
}

function manualCard(run: RunView, reader: Reader, step: NowStep): Part {
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

function skipAnswers(reader: Reader, step: NowStep): readonly Answer[] {
  if (!step.skippable || step.kind === "gate") return [];
  return [reasonAnswer(reader, `Skip ${nameOfStep(step)}`, { order: "skip", stepId: step.id }, false)];
}

function stoppedCard(run: RunView, reader: Reader, step: NowStep): Part {
  const isUnknown = step.stage === "unknown";
  const name = nameOfStep(step);
  const retry = orderAnswer(reader, `Retry ${name}`, { order: "retry", stepId: step.id }, !isUnknown);
  const inspect = orderAnswer(
    reader,
    isUnknown ? `Inspect ${name} again` : "I fixed it by hand, inspect again",
    { order: "inspectAgain", stepId: step.id },
    isUnknown,
  );
  const isNoGate = step.kind !== "gate";
  const tries = isUnknown ? [inspect] : step.kind === "task" ? [retry, inspect] : [retry];
  return {
    key: `${step.stage} ${step.id} ${step.attempt}`,
    title: isNoGate ? step.title : `Gate: ${step.title}`,
    showsProgress: isNoGate && step.progress !== null,
    say: {
      what: step.failure?.what ?? whatStopped(step),
      data: step.failure?.data ?? run.dataSentence,
      todo: step.failure?.todo ?? "Look at the log, then try it again.",
    },
    answers: [...(isNoGate ? tries : []), ...skipAnswers(reader, step)],
  };
}

function whatStopped(step: NowStep): string {
  if (step.stage === "cancelled") return "It was cancelled and proven ended.";
  if (step.stage === "unknown") return "It began, and nobody knows how it ended.";
  return "It failed.";
}

/** What to do about a hold, by its cause; the page's own words where the runbook has none. */
const HOLD_TODO: Readonly<Record<string, string>> = {
  ordered: "Resume when it may go on, or roll back.",
  noGo: "Talk to whoever said NO-GO. Resume asks the gate again; or roll back.",
  trigger: "Find out why, then resume or roll back.",
  hostRebooted: "Call the holder of the passphrases; they are sealed again. Then resume.",
  pointOfNoReturn: "Resume, or roll back while it still fits.",
  stepFailed: "Try the step again, or roll back.",
  stepUnknown: "Have the host inspect it before anything is done twice.",
  taskRefused: "Read why the host refused, then try again.",
  rollbackFailed: "Try the step again; the old side is untouched.",
};

const HOLD_TITLE: Readonly<Record<string, string>> = {
  pointOfNoReturn: "A rollback no longer fits in the window",
  hostRebooted: "A host was started anew",
  noGo: "NO-GO was signed",
  trigger: "A trigger fired",
};

function heldCard(run: RunView, reader: Reader, step: NowStep): Part {
  const { hold } = run;
  const cause = hold?.cause ?? "ordered";
  const by = hold?.by ? `Held by ${hold.by}` : "Held";
  const detail = hold?.detail ?? "";
  const what = detail === "" ? `${by}.` : cause === "ordered" ? `${by}: ${detail}` : detail;
  const goesOn = step.stage === "running" ? ` ${step.title} goes on to its end.` : "";
  return {
    key: `held ${hold?.since ?? 0}`,
    title: HOLD_TITLE[cause] ?? step.title,
    showsProgress: step.stage === "running",
    say: {
      what: `${/[.!?]$/.test(what) ? what : `${what}.`}${goesOn}`,
      data: run.dataSentence,
      todo: HOLD_TODO[cause] ?? "Resume, or roll back.",
    },
    answers: reasonOfRollback(run, reader),
  };
}

function rollbackOrderedCard(run: RunView, step: NowStep): Part {
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

function endedCard(run: RunView, reader: Reader): Part {
  const report = goAnswer("Report", "report", false);
  const sign: Answer[] =
    run.completion === null
      ? [{ ...goAnswer("Sign the completion", "report", true), because: may(reader, "signCompletion") }]
      : [];
  const signed = run.completion ? `Completion signed by ${run.completion.by}.` : "Sign the completion.";
  const say = (what: string, todo: string) => ({ what, data: run.dataSentence, todo });
  const counts = `${run.steps.filter((step) => step.number !== null && step.stage === "done").length} of ${countNumbered(run)} steps`;
  const gates = run.gates.filter((gate) => gate.stage === "open").length;
  const verified = run.steps.flatMap((step) => step.judgements).filter((judged) => judged.verdict === "pass").length;
  switch (run.outcome) {
    case "completed":
      return {
        key: "completed",
        title: `${run.service.name}: ${run.title}`,
        say: say(`${counts}, ${gates} gates, ${verified} verifications passed.`, signed),
        answers: [...sign, report],
      };
    case "rolledBack": {
      const reason = reasonOfRollback(run, reader);
      return {
        key: "rolled back",
        title: "Back on the old side",
        say: say(
          run.rolledBack?.detail || "The rollback was carried out to its end.",
          reason.length > 0 ? "Give the reason, then sign the completion." : signed,
        ),
        answers: [...reason, ...(reason.length > 0 ? sign.map((each) => ({ ...each, filled: false })) : sign), report],
      };
    }
    case "abandoned":
      return {
        key: "abandoned",
        title: "The run was abandoned",
        say: say(run.log.findLast((line) => line.type === "runEnded")?.text ?? NOT_TOLD, "Plan a new window."),
        answers: [report],
      };
    case null:
      return { key: "ended", title: "The run has ended", say: say(NOT_TOLD, "Read the report."), answers: [report] };
    default:
      return run.outcome satisfies never;
  }
}

function countNumbered(run: RunView): number {
  return run.steps.filter((step) => step.number !== null).length;
}
