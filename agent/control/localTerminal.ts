import { Failure } from "../../domain/failure.ts";
import { formatDayTime, formatTimeSeconds } from "../../domain/format/time.ts";
import type { RunId, UserId } from "../../domain/ids.ts";
import type { LocalView } from "../localRun/localView.ts";
import type { LocalRequest } from "./controlMessages.ts";
import type { LocalTalk } from "./localCommands.ts";
import { LOCAL_COMMANDS } from "./localCommands.ts";
import type { TypedLines } from "./typedLines.ts";

/** What the terminal works with. It decides nothing: the agent does, also when the terminal is lost. */
export interface LocalTerminalOptions {
  readonly runId: RunId;
  readonly ask: (request: LocalRequest) => Promise<LocalView>;
  readonly lines: TypedLines;
  readonly say: (text: string) => void;
}

/** How often the agent is asked what there is to tell. */
const LOOK_EVERY_MS = 400;

/** Carries a run on with the person at the terminal, in plain lines, until it is over, given back, or left. Resolves with the exit code. */
export async function localTerminal(options: LocalTerminalOptions): Promise<0 | 1> {
  const { runId, ask, say } = options;
  const first = await ask({ command: "local", runId, after: 0 });
  say(`${first.title}, run ${runId}: ${first.stage}, as of event ${first.packSeq} of the server's log.`);
  const person = await whoIsIt(first, options);
  if (person === undefined) return 1;
  if (!first.isOurs && !(await takeOver(first, person, options))) return 1;
  return follow(person, options);
}

async function question(text: string, { say, lines }: LocalTerminalOptions): Promise<string> {
  if (text !== "") say(text);
  const typed = await lines.next();
  return typeof typed === "object" ? typed.line : "";
}

async function whoIsIt({ people }: LocalView, options: LocalTerminalOptions): Promise<UserId | undefined> {
  const able = people.filter(({ role }) => role === "operator" || role === "admin" || role === "support");
  options.say(`Who are you? One of: ${able.map(({ name }) => name).join(", ")}.`);
  const typed = await question("Your name, as it stands there: ", options);
  const found = people.find(({ name, userId }) => name === typed || userId === typed);
  if (found === undefined) options.say(`"${typed}" is none of them. Nothing was done.`);
  return found?.userId;
}

async function takeOver(view: LocalView, person: UserId, options: LocalTerminalOptions): Promise<boolean> {
  options.say(
    [
      "From now on this host decides what comes next, under the signatures that it has, and the server does not, until the run is given back.",
      "Steps of other hosts and triggers on probes are not possible here: you watch. At a gate an approver signs with an SSH key that agent.yaml pins.",
    ].join("\n"),
  );
  const typed = await question(`Type the title of the window (${view.title}) to take the run over: `, options);
  if (typed !== view.title) {
    options.say("That is not its title. Nothing was done.");
    return false;
  }
  await options.ask({ command: "takeOver", runId: view.runId, after: 0, person });
  options.say("Taken over. A lost terminal stops nothing: come back with the same command.");
  return true;
}

async function follow(person: UserId, options: LocalTerminalOptions): Promise<0 | 1> {
  const { runId, ask, say, lines } = options;
  let shown = 0;
  let stood = "";
  for (;;) {
    const view = await ask({ command: "local", runId, after: shown });
    shown = view.lineCount;
    for (const { at, text } of view.lines) say(`${formatTimeSeconds(at, view.zone)}  ${text}`);
    if (!view.isOurs) {
      say(view.stage === "ended" ? `The run is over: ${view.outcome}.` : "The run is given back.");
      say("What was done here joins the record when the server is back.");
      return 0;
    }
    const stands = standing(view);
    if (stands !== stood) say(stands);
    stood = stands;
    const typed = await lines.next(LOOK_EVERY_MS);
    if (typed === "nothing") continue;
    if (typed === "end" || typed.line === "leave") {
      say("You left. The run goes on here; come back with the same command.");
      return 0;
    }
    await obey(typed.line, {
      view,
      person,
      say,
      send: ask,
      ask: (text) => question(text, options),
    });
    stood = "";
  }
}

async function obey(line: string, talk: LocalTalk): Promise<void> {
  if (line === "") return;
  const command = LOCAL_COMMANDS.find(({ word, isOffered }) => word === line && isOffered(talk.view));
  if (command === undefined) return talk.say(`"${line}" can't be done now.`);
  try {
    await command.run(talk);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    talk.say(error.message);
  }
}

/** Where the run stands and what can be typed, in a few lines. */
function standing(view: LocalView): string {
  const lines: string[] = [];
  for (const title of view.running) lines.push(`Running: ${title}.`);
  if (view.hold !== undefined) lines.push(`HELD: ${view.hold.detail}`);
  if (view.stopped !== undefined) lines.push(`Stopped at: ${view.stopped.title}.`);
  const { question: asked } = view;
  if (asked?.kind === "manual") lines.push(`By hand (${asked.by.join(", ")}): ${asked.title}. ${asked.instructions}`);
  if (asked?.kind === "gate") {
    const until = asked.expiresAt === undefined ? "" : ` It expires ${formatDayTime(asked.expiresAt, view.zone)}.`;
    lines.push(
      `WAITS at ${asked.title}: ${asked.of.join(", ")} sign there.${until} Type "sign" for one of them, or roll back, or give the run back.`,
    );
  }
  const offered = LOCAL_COMMANDS.filter(({ isOffered }) => isOffered(view));
  lines.push(
    ...offered.map(({ word, does }) => `  ${word.padEnd(10)} ${does}`),
    "  leave      leave the terminal; the run goes on",
  );
  return lines.join("\n");
}
