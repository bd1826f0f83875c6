import { expect, test } from "vitest";
import { compileSample, HOST, SAMPLE, SampleRun } from "../../../tests/support/sampleRun.ts";
import { watchOf } from "./watch.ts";

test("every reading of a probe is passed on that is kept as a fact or counted over a time; of others only what a trigger could change its mind by", () => {
  const everyOne = (probes: object) => {
    const { plan, state, now } = new SampleRun(compileSample({ ...SAMPLE, triggers: [], probes })).start();
    const head = { seq: state.seq, hash: "" as never };
    return watchOf({ plan, state, head }, HOST, now).probes.map((probe) => probe.everyOne);
  };
  expect(everyOne({ app: SAMPLE.probes.app })).toEqual([false]);
  expect(everyOne({ app: { ...SAMPLE.probes.app, fact: "new.rows_count" } })).toEqual([true]);
  expect(everyOne({ app: { ...SAMPLE.probes.app, over: "5m" } })).toEqual([true]);
});
