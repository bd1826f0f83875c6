import { expect, test } from "vitest";
import { viewOf } from "../../tests/support/runView.ts";
import { BEN, OPERATOR, SampleRun } from "../../tests/support/sampleRun.ts";
import { askedGate, gateToPoll, pollSummary } from "./pollWords.ts";

const go = "go" as never;

test("the view says who was asked, who said what and who is silent; the note is for those whose role is silent", () => {
  const run = new SampleRun().prepare();
  expect(gateToPoll(viewOf(run))?.poll).toBeNull();
  run.order({ order: "askPoll", gateId: go, of: ["approvers", "operator"], question: "Ready?" });
  expect(askedGate(viewOf(run), "anna")?.gateId).toBe("go");
  run.order({ order: "answerPoll", gateId: go, role: "approvers", answer: "NO-GO", words: "Not yet." }, BEN);
  const view = viewOf(run);
  const poll = gateToPoll(view)?.poll;
  if (!poll) throw new Error("nobody was polled");
  expect(poll).toMatchObject({
    by: "Oren",
    question: "Ready?",
    roles: [
      { title: "Those who decide", says: "NO-GO", answers: [{ by: "Ben", words: "Not yet." }] },
      { title: "operator", says: null, people: [{ name: "Olga" }, { name: "Oren" }] },
    ],
  });
  expect(pollSummary(poll)).toBe("1 of 2 answered. NO-GO: Those who decide. Not yet: operator.");
  expect(askedGate(view, "anna")).toBeUndefined();
  expect(askedGate(view, "operator")?.gateId).toBe("go");
  run.order({ order: "answerPoll", gateId: go, role: "operator", answer: "GO", words: "" }, OPERATOR);
  expect(askedGate(viewOf(run), "operator")).toBeUndefined();
  expect(view.log.at(-1)?.text).toBe("Ben answered NO-GO for Those who decide, unsigned: Not yet.");
});
