import type { RunView } from "../../../protocol/http/runs.ts";
import type { Answer } from "./answers.ts";
import { goAnswer, may, reasonOfRollback } from "./answers.ts";
import type { Part, Reader } from "./model.ts";

const NOT_TOLD = "Not known yet.";

/** The run is over: how it ended, and what is left to do. */
export function endedCard(run: RunView, reader: Reader): Part {
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
