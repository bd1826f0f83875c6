import { expect, test } from "vitest";
import { evidenceIndex } from "../../domain/chain/evidenceIndex.ts";
import type { LoggedEvent } from "../../domain/run/events.ts";
import { Instant } from "../../domain/time.ts";
import { ANNA, SampleRun, sha256 } from "../../tests/support/sampleRun.ts";
import type { Accepted } from "./verifiedWords.ts";
import { acceptedLines } from "./verifiedWords.ts";

const HASH = sha256("an event");

/** What is known of an export of the sample, as far as its first step. */
function accepted(changes: Partial<Accepted> = {}): Accepted {
  const run = new SampleRun().start();
  run.succeed("prepare");
  const events = run.log.map((placed): LoggedEvent => ({ ...placed, prevHash: HASH, hash: HASH }));
  const signed = events.find(({ event }) => event.type === "decisionSigned");
  if (signed?.event.type !== "decisionSigned") throw new Error("the sample has no decision");
  const header = { format: "slackwater-run/1", runId: run.state.runId } as never;
  const decision = { seq: signed.seq, by: ANNA.userId, decision: signed.event.decision, anchors: signed.seq - 1 };
  return {
    verified: { ok: true, run: { header, events }, state: run.state, decisions: [], anchoredTo: 0, backward: [] },
    decisions: [{ ...decision, pinnedIn: undefined }],
    heads: [],
    local: [],
    evidence: evidenceIndex(run.plan, run.state, events),
    ...changes,
  };
}

const last = accepted().verified.run.events.length;
/** The sentence that a part begins with. */
const partOf = (name: string, changes: Partial<Accepted> = {}) =>
  acceptedLines(accepted(changes)).find((line) => line.startsWith(`${name}: `));

test("the verdict stands first, then each part with a sentence and what it rests on", () => {
  const lines = acceptedLines(accepted());
  expect(lines[0]).toMatch(/^accepted: run [0-9a-f-]{36}, \d+ events, running$/);
  const heads = lines.flatMap((line, index) => (lines[index - 1] === "" ? line.split(":", 1) : []));
  expect(heads).toEqual(["Chain", "Decisions", "Anchors", "Controls"]);
  expect(lines.join("\n")).toMatch(
    /^ {2}event \d+: GO at gate go by anna, signed with a SOFTWARE passkey .*, holds; made on/m,
  );
});

test("what only the file says is not said as if somebody else did", () => {
  expect(partOf("Decisions")).toBe(
    "Decisions: the signature of one holds, but not every key is known from outside of this file.",
  );
  const pinned = accepted().decisions.map((decision) => ({ ...decision, pinnedIn: "agent.yaml" }));
  expect(partOf("Decisions", { decisions: pinned })).toBe(
    "Decisions: the signature of one holds, by keys that a host's owner has pinned.",
  );
  expect(partOf("Decisions", { decisions: [] })).toBe("Decisions: no decision was signed.");
});

test("up to which event it was seen outside the server is said in the sentence, and by whom below it", () => {
  const anchor = { file: "journal.log", kind: "journal of an agent" as const, heads: [] };
  const at = Instant.parse(0);
  const reach = accepted().decisions[0]?.anchors;
  expect(partOf("Anchors")).toContain(`events 1 to ${reach} of ${last} were seen outside the server.`);
  expect(partOf("Anchors", { decisions: [] })).toContain("nobody outside the server has seen any of it");
  const whole = { heads: [{ anchor, at, seq: last }] };
  expect(partOf("Anchors", whole)).toBe("Anchors: all of it was seen outside the server.");
  expect(acceptedLines(accepted(whole)).join("\n")).not.toContain("nobody");
  expect(acceptedLines(accepted(whole))).toContain(
    `  events 1 to ${last} are anchored by journal of an agent journal.log`,
  );
});

test("controls that nothing shows are counted in the sentence and named below it", () => {
  expect(partOf("Controls")).toBe("Controls: 1 of 2 is shown.");
  expect(acceptedLines(accepted())).toContain("  control SOC2-06: nothing shows it");
});
