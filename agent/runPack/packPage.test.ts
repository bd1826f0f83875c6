import { expect, test } from "vitest";
import { besideSample, chained } from "../../tests/support/packOfSample.ts";
import { compileSample, SampleRun, sha256 } from "../../tests/support/sampleRun.ts";
import type { PlannedTask } from "../control/planOnHost.ts";
import { loadWords } from "../words.ts";
import { packPage } from "./packPage.ts";
import { readRun } from "./readRun.ts";

const sample = new SampleRun().start();
const events = chained(sample);
const last = events.at(-1)!;
const head = { seq: last.seq, hash: last.hash };
const pack = { runId: sample.state.runId, ...besideSample(sample), events, head };
const planned: PlannedTask[] = sample.plan.steps
  .filter(({ work }) => work.kind === "task")
  .map(({ id, title }) => ({
    ...{ id, title, section: "forward", action: "files.copy", class: "change" },
    would: { kind: "run", calls: [{ kind: "program", file: "rsync", args: ["-a", "--", "/srv/it's here", "/b"] }] },
  }));

test("the page of a pack says what is done, by whose word and how to go back, and runs nothing that its texts say", async () => {
  const run = await readRun(pack, async () => compileSample());
  if (typeof run === "string") throw new Error(run);
  const wordsOf = await loadWords();
  const here = { fingerprint: sha256("host key"), folder: "/state/packs/x", wordsOf, now: sample.now };
  const text = packPage({ run, planned, ...here });
  expect(text).toContain("slackwater-agent run --local /state/packs/x");
  expect(text).toContain(`As of event ${head.seq} (${head.hash.slice(0, 16)}`);
  expect(text).toContain(`pdx-db-1 (db), this host</th><td>${wordsOf(sha256("host key"))}`);
  expect(text).toMatch(/GO at .* by Anna &#38; Co, spent/);
  expect(text).toContain("rsync -a -- &#34;/srv/it&#39;s here&#34;");
  expect(text).toContain("Put the directory back");
  expect(text).toContain("Olga started the run.");
  expect(text).toContain("Move &#60;the&#62; directory");
  expect(text).not.toContain("<the>");
  expect(text).not.toMatch(/<script|src=|href=/);
});

test("a pack whose text compiles to something else than was decided is not carried on", async () => {
  const other = compileSample({
    ...JSON.parse(sample.plan.text),
    objective: { rollbackWithin: "31m", safetyMargin: "10m" },
  });
  expect(await readRun(pack, async () => other)).toMatch(/compiles to something else here/);
  expect(await readRun(pack, async () => "line 3: no")).toMatch(
    /can't be read by this version of the agent: line 3: no/,
  );
});
