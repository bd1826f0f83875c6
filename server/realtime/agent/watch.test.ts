import { expect, test } from "vitest";
import { compileSample, HOST, SAMPLE, SampleRun } from "../../../tests/support/sampleRun.ts";
import { watchOf } from "./watch.ts";

test("every sample of a probe matters that is kept as a fact; of others only what a trigger could change its mind by", () => {
  const valueMatters = (probes: object) => {
    const { plan, state, now } = new SampleRun(compileSample({ ...SAMPLE, triggers: [], probes })).start();
    const head = { seq: state.seq, hash: "" as never };
    return watchOf({ plan, state, head }, HOST, now).probes.map((probe) => probe.valueMatters);
  };
  expect(valueMatters({ app: SAMPLE.probes.app })).toEqual([false]);
  expect(valueMatters({ app: { ...SAMPLE.probes.app, fact: "new.rows_count" } })).toEqual([true]);
});
