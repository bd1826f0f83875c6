import { describe, expect, test } from "vitest";
import { ANNA, BEN, compileSample, OPERATOR, OWNER, person, SAMPLE, SampleRun } from "../../tests/support/sampleRun.ts";
import { GO_GATE } from "../gate/goGate.ts";
import type { OrderOf } from "../run/intents.ts";
import type { PollAnswer } from "./poll.ts";
import { silentRoles, wordOfRole } from "./poll.ts";

const ask: OrderOf<"askPoll"> = { order: "askPoll", gateId: GO_GATE, of: ["approvers", "operator"], question: "" };
const say = (role: string, answer: PollAnswer, words = "") =>
  ({ order: "answerPoll", gateId: GO_GATE, role, answer, words }) as const;
const pollOf = (run: SampleRun) => {
  const poll = run.state.polls[GO_GATE];
  if (poll === undefined) throw new Error("nobody was polled");
  return poll;
};

describe("polling the room", () => {
  test("asks in preparation, shows who has not answered, and binds nothing", () => {
    const run = new SampleRun().prepare();
    expect(run.order(ask).accepted).toBe(true);
    expect(silentRoles(pollOf(run))).toEqual(["approvers", "operator"]);
    expect(run.order(say("approvers", "GO", "Rehearsed twice."), ANNA).accepted).toBe(true);
    expect(run.order(say("operator", "GO"), OPERATOR).accepted).toBe(true);
    expect(silentRoles(pollOf(run))).toEqual([]);
    expect(run.state).toMatchObject({ stage: "preparing", gates: {} });
    run.order({ order: "askApproval" });
    expect(run.state.gates).toMatchObject({ go: { stage: "asking", decisions: [] } });
  });

  test("a NO-GO of one person is the word of the whole role, and stops nobody from signing", () => {
    const run = new SampleRun().askApproval();
    run.order(ask);
    run.order(say("approvers", "GO"), ANNA);
    run.order(say("approvers", "NO-GO", "The standby lags."), BEN);
    expect(wordOfRole(pollOf(run), "approvers")).toBe("NO-GO");
    expect(run.decide(ANNA).accepted).toBe(true);
    expect(run.state.stage).toBe("ready");
  });

  test("an answer can be changed until the gate is decided, and then the poll is closed", () => {
    const run = new SampleRun().askApproval();
    run.order(ask);
    run.order(say("approvers", "NO-GO"), ANNA);
    run.order(say("approvers", "GO"), ANNA);
    expect(pollOf(run).answers).toMatchObject([{ answer: "GO" }]);
    run.decide(ANNA);
    expect(pollOf(run).closedAt).toBe(run.now);
    expect(run.order(say("approvers", "NO-GO"), BEN)).toMatchObject({ because: "notPolled" });
    expect(run.order(ask)).toMatchObject({ because: "notAsked" });
  });

  test("is answered only for a role that was asked, by somebody who is in it", () => {
    const run = new SampleRun().prepare();
    expect(run.order(say("approvers", "GO"), ANNA)).toMatchObject({ because: "notPolled" });
    run.order(ask);
    expect(run.order(say("approvers", "GO"), OPERATOR)).toMatchObject({ because: "notAllowed" });
    expect(run.order(say("support", "GO"), person("sam", ["support"]))).toMatchObject({ because: "notPolled" });
    expect(run.order(say("operator", "GO"), person("vera", ["viewer"], ["operator"]))).toMatchObject({
      because: "notAllowed",
    });
    expect(run.order(say("approvers", "GO"), OWNER).accepted).toBe(true);
  });

  test("asked anew begins anew, and neither asker nor answer passes over what they have not seen", () => {
    const run = new SampleRun().prepare();
    run.order(ask);
    const seen = run.state.seq;
    run.order(say("approvers", "GO"), ANNA);
    expect(run.order(ask, { ...OPERATOR, sawSeq: seen - 1 })).toMatchObject({ because: "alreadyOrdered" });
    expect(run.order({ ...ask, question: "And now?" }, { ...OPERATOR, sawSeq: run.state.seq }).accepted).toBe(true);
    expect(pollOf(run)).toMatchObject({ question: "And now?", answers: [] });
    expect(run.order(say("approvers", "GO"), { ...ANNA, sawSeq: seen })).toMatchObject({ because: "notPolled" });
  });

  test("knows the runbook's groups and the roles of those who work, nobody else, and only gates that people open", () => {
    const run = new SampleRun().prepare();
    expect(run.order({ ...ask, of: ["approvers", "owners"] })).toMatchObject({ because: "fieldInvalid" });
    expect(run.order({ ...ask, of: ["viewer"] })).toMatchObject({ because: "fieldInvalid" });
    expect(run.order({ ...ask, gateId: "counted" as never })).toMatchObject({ because: "unknownStep" });
    expect(run.order(ask, person("vera", ["viewer"]))).toMatchObject({ because: "notAllowed" });
  });

  test("is closed by a person, by the way back, and by the end", () => {
    const run = new SampleRun(compileSample(SAMPLE)).start();
    const keep = { ...ask, gateId: "keep" as never };
    run.order(keep);
    expect(run.order({ order: "closePoll", gateId: keep.gateId }).accepted).toBe(true);
    expect(run.order({ order: "closePoll", gateId: keep.gateId })).toMatchObject({ because: "notPolled" });
    run.order(keep);
    run.succeed("prepare");
    run.order({ order: "rollBack", reason: "" });
    run.cancelled("copy");
    expect(run.state.polls[keep.gateId]?.closedAt).toBe(run.now);
  });
});
