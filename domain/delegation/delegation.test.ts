import { describe, expect, test } from "vitest";
import {
  ANNA,
  BEN,
  compileSample,
  OPERATOR,
  OWNER,
  person,
  SAMPLE,
  SampleRun,
  WINDOW_END,
} from "../../tests/support/sampleRun.ts";
import { GO_GATE } from "../gate/goGate.ts";
import type { Actor } from "../run/actor.ts";
import { Instant } from "../time.ts";

const hour = 3_600_000;
const CARA = person("cara", ["approver"], ["approvers"]);

function asking(atLeast = 2): SampleRun {
  const approval = { ...SAMPLE.approval, quorum: { of: ["approvers"], atLeast } };
  return new SampleRun(compileSample({ ...SAMPLE, approval })).askApproval();
}

function name(run: SampleRun, from: Actor, named: Actor, until = Instant.parse(run.now + hour)) {
  const order = { order: "delegate", to: named.userId, until, reason: "On a plane until 06:00." } as const;
  return run.order(order, { ...from, named });
}

describe("naming who decides in one's place", () => {
  test("is for somebody who decides for the same group, with an end, and never a requester", () => {
    const run = asking();
    expect(name(run, ANNA, person("zoe", ["approver"], ["holders"]))).toMatchObject({ because: "notAllowed" });
    expect(name(run, ANNA, person("sam", ["support"], ["approvers"]))).toMatchObject({ because: "notAllowed" });
    expect(name(run, ANNA, ANNA)).toMatchObject({ because: "notAllowed" });
    expect(name(run, ANNA, OWNER)).toMatchObject({ because: "ownRequest" });
    expect(name(run, OWNER, BEN)).toMatchObject({ because: "ownRequest" });
    expect(name(run, OPERATOR, BEN)).toMatchObject({ because: "notAllowed" });
    expect(name(run, ANNA, BEN, run.now)).toMatchObject({ because: "endNotAllowed" });
    expect(name(run, ANNA, BEN, Instant.parse(WINDOW_END + 24 * hour + 1))).toMatchObject({ because: "endNotAllowed" });
    expect(run.order({ order: "delegate", to: BEN.userId, until: WINDOW_END, reason: "Away." }, ANNA)).toMatchObject({
      because: "unknownPerson",
    });
    expect(run.state.delegations).toEqual({});
    expect(name(run, ANNA, BEN).accepted).toBe(true);
    expect(run.state.delegations).toMatchObject({ anna: { to: "ben", groups: ["approvers"] } });
    expect(name(run, ANNA, CARA)).toMatchObject({ because: "alreadyOrdered" });
  });

  test("nobody signs in the place of somebody who did not name them, or whose time is over", () => {
    const run = asking();
    expect(run.decide(BEN, "GO", GO_GATE, undefined, ANNA.userId)).toMatchObject({ because: "notDelegated" });
    name(run, ANNA, BEN);
    expect(run.decide(CARA, "GO", GO_GATE, undefined, ANNA.userId)).toMatchObject({ because: "notDelegated" });
    run.pass(hour);
    expect(run.decide(BEN, "GO", GO_GATE, undefined, ANNA.userId)).toMatchObject({ because: "notDelegated" });
  });
});

describe("a quorum with somebody who stands in", () => {
  test("counts one person once: who stands in speaks for themselves or for the other, never for both", () => {
    const run = asking();
    name(run, ANNA, BEN);
    expect(run.decide(BEN, "GO", GO_GATE, undefined, ANNA.userId).accepted).toBe(true);
    expect(run.decide(BEN)).toMatchObject({ because: "alreadyDecided" });
    expect(run.state.gates).toMatchObject({ go: { stage: "asking" } });
    expect(run.decide(CARA).accepted).toBe(true);
    expect(run.state.stage).toBe("ready");
    expect(run.state.gates[GO_GATE]?.decisions[0]).toMatchObject({ by: "ben", groups: ["approvers"] });
  });

  test("counts a place once: neither the one who is away nor a second one signs for it again", () => {
    const run = asking();
    name(run, ANNA, BEN);
    run.decide(BEN, "GO", GO_GATE, undefined, ANNA.userId);
    expect(run.decide(ANNA)).toMatchObject({ because: "alreadyDecided" });
    expect(run.state.stage).toBe("deciding");
    const other = asking();
    name(other, ANNA, BEN);
    other.decide(ANNA);
    expect(other.decide(BEN, "GO", GO_GATE, undefined, ANNA.userId)).toMatchObject({ because: "alreadyDecided" });
  });

  test("whoever is back says NO-GO whatever was signed in their place", () => {
    const run = asking(1);
    name(run, ANNA, BEN);
    run.decide(BEN, "GO", GO_GATE, undefined, ANNA.userId);
    expect(run.state.stage).toBe("ready");
    expect(run.decide(ANNA, "NO-GO").accepted).toBe(true);
    expect(run.state.stage).toBe("preparing");
  });

  test("is lost when the delegation is taken back, and asked for again", () => {
    const run = asking(1);
    name(run, ANNA, BEN);
    run.decide(BEN, "GO", GO_GATE, undefined, ANNA.userId);
    expect(run.order({ order: "takeBackDelegation" }, ANNA).accepted).toBe(true);
    expect(run.state).toMatchObject({ stage: "deciding", delegations: {} });
    expect(run.state.gates[GO_GATE]?.decisions).toMatchObject([{ life: "void" }]);
    expect(run.order({ order: "takeBackDelegation" }, ANNA)).toMatchObject({ because: "notDelegated" });
    expect(run.decide(ANNA).accepted).toBe(true);
    expect(run.state.stage).toBe("ready");
  });

  test("what was signed in time stands when the time is over", () => {
    const run = asking(1);
    name(run, ANNA, BEN);
    run.decide(BEN, "GO", GO_GATE, undefined, ANNA.userId);
    run.pass(2 * hour);
    expect(run.state.stage).toBe("ready");
  });

  test("does not start through the one who is away: their place counts as theirs", () => {
    const run = asking(1);
    const olga = { ...ANNA, roles: new Set(["approver", "operator"] as const) };
    name(run, olga, BEN);
    run.decide(BEN, "GO", GO_GATE, undefined, olga.userId);
    run.now = run.state.windowStartsAt;
    expect(run.order({ order: "start" }, olga)).toMatchObject({ because: "ownRequest" });
    expect(run.order({ order: "start" }).accepted).toBe(true);
  });
});
