import { formatCountOf } from "../../../domain/format/count.ts";
import { formatTime } from "../../../domain/format/time.ts";
import type { RunView } from "../../../protocol/http/runs.ts";
import { refusedApproval, waitsForReader } from "../../decide/deciding.ts";
import type { Answer } from "./answers.ts";
import { goAnswer, orderAnswer } from "./answers.ts";
import type { Part, Reader } from "./model.ts";

/** Nothing has begun: what is prepared and signed so far, and what comes next. */
export function beforeCard(run: RunView, reader: Reader, now: number): Part {
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
