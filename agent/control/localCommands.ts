import type { UserId } from "../../domain/ids.ts";
import type { Order } from "../../domain/run/intents.ts";
import type { LocalView } from "../localRun/localView.ts";
import type { LocalRequest } from "./controlMessages.ts";
import { signAtGate } from "./signAtGate.ts";

/** What a command at the terminal needs: to tell, to ask and to order. */
export interface LocalTalk {
  readonly view: LocalView;
  readonly person: UserId;
  say(text: string): void;
  /** Asks for a line; an empty one at the end of the input. */
  ask(question: string): Promise<string>;
  /** Tells the agent, and answers with the run as it is then. */
  send(request: LocalRequest): Promise<LocalView>;
}

/** A word that can be typed: what it does, and when it can be. Every one that changes something asks for a typed word more. */
export interface LocalCommand {
  readonly word: string;
  readonly does: string;
  isOffered(view: LocalView): boolean;
  run(talk: LocalTalk): Promise<void>;
}

const order = async (talk: LocalTalk, what: Order): Promise<void> => {
  await talk.send({ command: "localOrder", runId: talk.view.runId, after: 0, person: talk.person, order: what });
};

/** True once the person typed the word; nothing is done otherwise, and that is said. */
async function isConfirmed(talk: LocalTalk, word: string): Promise<boolean> {
  if ((await talk.ask(`Type "${word}" to do it: `)) === word) return true;
  talk.say("Nothing was done.");
  return false;
}

async function reasonFor(talk: LocalTalk): Promise<string | undefined> {
  const reason = await talk.ask("Why? One line: ");
  if (reason !== "") return reason;
  talk.say("A reason is needed. Nothing was done.");
  return undefined;
}

const isLive = ({ stage }: LocalView) => stage === "running" || stage === "rollingBack";

/** Every word that the terminal understands while this host carries the run on. */
export const LOCAL_COMMANDS: readonly LocalCommand[] = [
  {
    word: "start",
    does: "start the run",
    isOffered: ({ stage }) => stage === "ready",
    run: async (talk) => {
      if (await isConfirmed(talk, "start")) await order(talk, { order: "start" });
    },
  },
  {
    word: "confirm",
    does: "say that the step by hand is done",
    isOffered: ({ question }) => question?.kind === "manual",
    run: confirmManual,
  },
  {
    word: "sign",
    does: "let an approver sign at this gate, with their SSH key",
    isOffered: ({ question }) => question?.kind === "gate",
    run: signAtGate,
  },
  {
    word: "hold",
    does: "begin nothing new; what runs goes on",
    isOffered: isLive,
    run: async (talk) => {
      const reason = await reasonFor(talk);
      if (reason !== undefined) await order(talk, { order: "hold", reason });
    },
  },
  {
    word: "resume",
    does: "go on where it is held",
    isOffered: ({ stage }) => stage === "held",
    run: async (talk) => {
      if (await isConfirmed(talk, "resume")) await order(talk, { order: "resume" });
    },
  },
  {
    word: "again",
    does: "try the step again that failed",
    isOffered: ({ stopped, stage }) => stopped !== undefined && stage !== "ended",
    run: (talk) => tryAgain(talk, "retry"),
  },
  {
    word: "inspect",
    does: "it was fixed by hand: have the host look, then go on",
    isOffered: ({ stopped, stage }) => stopped !== undefined && stage !== "ended",
    run: (talk) => tryAgain(talk, "inspectAgain"),
  },
  {
    word: "skip",
    does: "go on without the step that stands here",
    isOffered: ({ stopped, hold, stage }) => (stopped?.stepId ?? hold?.stepId) !== undefined && stage !== "ended",
    run: async (talk) => {
      const stepId = talk.view.stopped?.stepId ?? talk.view.hold?.stepId;
      const reason = await reasonFor(talk);
      if (stepId !== undefined && reason !== undefined) await order(talk, { order: "skip", stepId, reason });
    },
  },
  {
    word: "cancel",
    does: "end the running task, with all that it started",
    isOffered: ({ runningStep }) => runningStep !== undefined,
    run: async (talk) => {
      const { runningStep } = talk.view;
      const reason = await reasonFor(talk);
      if (runningStep !== undefined && reason !== undefined) {
        await order(talk, { order: "cancelTask", stepId: runningStep, reason });
      }
    },
  },
  { word: "roll back", does: "undo what began", isOffered: ({ rollback }) => rollback !== undefined, run: rollBack },
  {
    word: "give back",
    does: "let the server decide again",
    isOffered: () => true,
    run: async (talk) => {
      const { view, person } = talk;
      talk.say("Nothing more is decided here. The server goes on when it has heard what was done.");
      if (await isConfirmed(talk, "give back")) {
        await talk.send({ command: "giveBack", runId: view.runId, after: 0, person });
      }
    },
  },
];

async function tryAgain(talk: LocalTalk, how: "retry" | "inspectAgain"): Promise<void> {
  const { stopped } = talk.view;
  if (stopped === undefined) return;
  if (stopped.notes !== undefined) talk.say(stopped.notes);
  if (await isConfirmed(talk, how === "retry" ? "again" : "inspect")) {
    await order(talk, { order: how, stepId: stopped.stepId });
  }
}

async function rollBack(talk: LocalTalk): Promise<void> {
  const { rollback } = talk.view;
  if (rollback === undefined) return;
  talk.say(["A rollback does this, in order:", ...rollback.steps.map((title) => `  ${title}`)].join("\n"));
  talk.say(`It loses: ${rollback.loses}.`);
  if (!(await isConfirmed(talk, "roll back"))) return;
  await order(talk, { order: "rollBack", reason: await talk.ask("Why? One line, or nothing: ") });
}

async function confirmManual(talk: LocalTalk): Promise<void> {
  const { question } = talk.view;
  if (question?.kind !== "manual") return;
  const fields: Record<string, boolean | number | string> = {};
  for (const { name, title, type, required } of question.fields) {
    const hint = { yesNo: "yes or no", number: "a number", text: "text" }[type];
    const typed = await talk.ask(`${title} (${hint}${required ? "" : ", or nothing"}): `);
    const value = fieldOf(type, typed);
    if (value === undefined && (required || typed !== ""))
      return talk.say(`"${typed}" is not ${hint}. Nothing was done.`);
    if (value !== undefined) fields[name] = value;
  }
  if (await isConfirmed(talk, "confirm")) {
    await order(talk, { order: "confirmManual", stepId: question.stepId, fields });
  }
}

function fieldOf(type: "yesNo" | "number" | "text", typed: string): boolean | number | string | undefined {
  switch (type) {
    case "yesNo":
      return typed === "yes" ? true : typed === "no" ? false : undefined;
    case "number":
      return typed !== "" && Number.isFinite(Number(typed)) ? Number(typed) : undefined;
    case "text":
      return typed === "" ? undefined : typed;
    default:
      return type satisfies never;
  }
}
