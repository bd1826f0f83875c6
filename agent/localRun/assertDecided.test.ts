import { expect, test } from "vitest";
import { Instant } from "../../domain/time.ts";
import { hostKey } from "../../tests/support/hostTurns.ts";
import { besideSample, chained } from "../../tests/support/packOfSample.ts";
import { SampleRun, WINDOW_END } from "../../tests/support/sampleRun.ts";
import type { AgentConfig } from "../config.ts";
import { readRun } from "../runPack/readRun.ts";
import { assertDecided } from "./assertDecided.ts";

const identity = hostKey();
const config = { approvers: [] } as unknown as AgentConfig;

async function packed(sample: SampleRun) {
  const events = chained(sample);
  const last = events.at(-1)!;
  const head = { seq: last.seq, hash: last.hash };
  const run = await readRun(
    { runId: sample.state.runId, ...besideSample(sample), events, head },
    async () => sample.plan,
  );
  if (typeof run === "string") throw new Error(run);
  return run;
}
const sample = () => new SampleRun(undefined, undefined, undefined, identity.fingerprint);

test("a run whose GO has run out, even for going back, is not taken over, and it is said until when it was good", async () => {
  const run = await packed(sample().start());
  const tooLate = Instant.parse(WINDOW_END + 7 * 3_600_000);
  await expect(assertDecided(run, { identity, config, now: tooLate })).rejects.toThrow(
    /No GO of this run counts on this host: it was valid until 2023-11-15T06:13:20.000Z for a rollback/,
  );
});

test("a GO by nobody whose key is pinned here, and none at all, are refused before anything is taken over", async () => {
  const run = await packed(sample().start());
  await expect(assertDecided(run, { identity, config, now: run.state.lastEventAt })).rejects.toThrow(
    /agent.yaml pins no such key for anna/,
  );
  const asked = await packed(sample().askApproval());
  await expect(assertDecided(asked, { identity, config, now: asked.state.lastEventAt })).rejects.toThrow(
    /none is in the pack/,
  );
});
