import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { packPaths } from "../../../agent/runPack/packFiles.ts";
import { openPackStore } from "../../../agent/runPack/packStore.ts";
import { RunId } from "../../../domain/ids.ts";
import { EMPTY_HEAD } from "../../../domain/run/chain.ts";
import { besideSample, chained } from "../../support/packOfSample.ts";
import { SampleRun, sha256 } from "../../support/sampleRun.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slackwater-packs-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const run = new SampleRun().approve();
const { runId } = run.state;
const events = chained(run);
const FINGERPRINT = sha256("host key");
const open = (fingerprint = FINGERPRINT, said: string[] = []) =>
  openPackStore(directory, { fingerprint, log: (line) => said.push(line) });
const headAt = (index: number) => ({ seq: events[index]!.seq, hash: events[index]!.hash });

test("a pack is on the disk piece by piece, and is there again after a restart, whole to its last event", () => {
  const store = open();
  store.takeBeside(runId, besideSample(run));
  store.takeEvents(runId, EMPTY_HEAD, events.slice(0, 3));
  store.takeEvents(runId, headAt(2), events.slice(3));
  const held = store.held();
  expect(held).toEqual([{ runId, about: expect.stringMatching(/^[0-9a-f]{64}$/), head: headAt(events.length - 1) }]);
  const again = open();
  expect(again.held()).toEqual(held);
  expect(again.read(runId)).toMatchObject({ ok: true, pack: { runId, events, head: headAt(events.length - 1) } });
});

test("events that do not follow what is there, or were changed on the way, are not taken", () => {
  const store = open();
  store.takeBeside(runId, besideSample(run));
  store.takeEvents(runId, EMPTY_HEAD, events.slice(0, 3));
  expect(() => store.takeEvents(runId, headAt(4), events.slice(5))).toThrow(/they follow event 5, not 3/);
  const changed = events.slice(3).map((one, index) => (index === 1 ? { ...one, at: run.now } : one));
  expect(() => store.takeEvents(runId, headAt(2), changed)).toThrow(/event 5 does not fit the chain/);
  expect(store.held()[0]?.head.seq).toBe(3);
});

test("the torn end of a last write is cut off, and what comes next stands on a line of its own", () => {
  open().takeBeside(runId, besideSample(run));
  open().takeEvents(runId, EMPTY_HEAD, events.slice(0, 3));
  appendFileSync(packPaths(directory, runId).log, '{"at":17');
  const store = open();
  expect(store.held()[0]?.head).toEqual(headAt(2));
  store.takeEvents(runId, headAt(2), events.slice(3));
  expect(store.read(runId)).toMatchObject({ ok: true, pack: { events } });
});

test("a log with a changed event is never carried on: it is let go of, and said so", () => {
  open().takeBeside(runId, besideSample(run));
  open().takeEvents(runId, EMPTY_HEAD, events);
  const { log } = packPaths(directory, runId);
  writeFileSync(log, readFileSync(log, "utf8").replace("All are here.", "Nobody is here."));
  const said: string[] = [];
  expect(open(FINGERPRINT, said).runs()).toEqual([]);
  expect(said).toEqual([expect.stringMatching(/is let go of: .* was changed: event \d+/)]);
  expect(existsSync(log)).toBe(false);
});

test("a changed log, a changed text and a pack of another host are each refused in words", () => {
  const store = open();
  store.takeBeside(runId, besideSample(run));
  store.takeEvents(runId, EMPTY_HEAD, events);
  expect(open(sha256("another key")).read(runId)).toMatchObject({
    ok: false,
    problem: /none of its keys is this host's/,
  });
  const { about, log } = packPaths(directory, runId);
  const text = readFileSync(log, "utf8");
  writeFileSync(log, text.replace("All are here.", "Nobody is here."));
  expect(store.read(runId)).toMatchObject({ ok: false, problem: expect.stringMatching(/was changed: event \d+/) });
  writeFileSync(log, text);
  writeFileSync(about, readFileSync(about, "utf8").replace("/srv/old", "/srv/other"));
  expect(store.read(runId)).toMatchObject({
    ok: false,
    problem: expect.stringMatching(/not the one that the run was made with/),
  });
});

test("the pack of a run that ended is gone from the disk, and at most twenty lie there", () => {
  const store = open();
  for (let i = 0; i < 20; i += 1) {
    store.takeBeside(RunId.parse(`00000000-0000-4000-8000-0000000000${String(10 + i)}`), besideSample(run));
  }
  expect(() => store.takeBeside(runId, besideSample(run))).toThrow(/20 packs lie here/);
  const [first] = store.runs();
  store.remove(first!);
  expect(existsSync(packPaths(directory, first!).folder)).toBe(false);
  store.takeBeside(runId, besideSample(run));
  expect(open().runs()).toHaveLength(20);
});
