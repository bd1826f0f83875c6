import type { RunView } from "../../protocol/http/runs.ts";
import { waitsForReader } from "../decide/deciding.ts";
import type { Connection } from "../shell/connection.ts";
import type { StateWord } from "../ui/stateWords.ts";
import { STATE_WORDS } from "../ui/stateWords.ts";

/** The state word of a run as this reader sees it: a gate that waits for them says so. A word we don't know is Unknown. */
export function shownState(run: RunView, userId: string): StateWord {
  if (run.gates.some((gate) => waitsForReader(gate, userId))) return "Waiting for you";
  return STATE_WORDS.find((word) => word === run.stateWord) ?? "Unknown";
}

/** The same, unless this page is not connected: then that is all it can say for sure. */
export function shownStateOver(connection: Connection, run: RunView, userId: string): StateWord {
  return connection.state === "lost" ? "Not connected" : shownState(run, userId);
}

/** What goes on while this page is not connected, in one sentence. */
export function goesOnWithout(run: RunView): string {
  const running = [...run.steps, ...run.rollback.steps].find((step) => step.stage === "running" && step.host !== null);
  if (running?.host) return `What runs on ${running.host} goes on without it.`;
  return run.stage === "running" || run.stage === "rollingBack"
    ? "The run goes on without it."
    : "Nothing on the hosts depends on it.";
}

/** States that are announced at once, whatever is being read: somebody has to act. */
export function isUrgent(word: StateWord): boolean {
  return word === "Held, failed" || word === "Held" || word === "Unknown";
}
