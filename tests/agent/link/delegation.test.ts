import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { authorise } from "../../../agent/approval/authorise.ts";
import { compileOnce } from "../../../agent/approval/compileOnce.ts";
import { AgentConfig } from "../../../agent/config.ts";
import { CATALOG } from "../../../domain/action/catalog.ts";
import type { SignedDecision } from "../../../domain/decision/statement.ts";
import { Failure } from "../../../domain/failure.ts";
import { Digest, HostId, TaskId } from "../../../domain/ids.ts";
import { Instant } from "../../../domain/time.ts";
import { decidedWindow, MOVE_RUNBOOK, person } from "./support/decided.ts";

const NOW = Date.parse("2026-11-21T02:00:00Z");
const fingerprint = Digest.parse(createHash("sha256").update("this host").digest("hex"));
const text = MOVE_RUNBOOK.replace("atLeast: 1 } }", "atLeast: 2 } }").replace(
  '{ expr: "facts.tree.files_count * 10" }',
  "70",
);
const window = decidedWindow({ fingerprint, parameters: { source: "/srv/old", target: "/srv/new" }, now: NOW, text });
const [anna, ben, cara] = [person("anna"), person("ben"), person("cara")];
const benForAnna = window.sign(ben, { inPlaceOf: anna.user });

/** What this host says to an order that rests on these decisions. */
async function verdict(
  decisions: readonly SignedDecision[],
  approvers = [anna.pin, ben.pin, cara.pin],
): Promise<string> {
  const order = {
    ...{ taskId: TaskId.parse(`${window.runId}.copy.1`), action: "files.copy", inspectFirst: false },
    ...{ arguments: { from: "/srv/old", to: "/srv/new", maxKiBps: 70 }, withinMs: 60_000, secrets: [] },
  };
  const judge = {
    config: AgentConfig.parse({ approvers }),
    ...{ fingerprint, past: [], now: Instant.parse(NOW), compile: compileOnce() },
    hostId: HostId.parse("11111111-1111-4111-8111-111111111111"),
  };
  try {
    return (await authorise(CATALOG["files.copy"], order, window.authority(decisions), judge)).kind;
  } catch (error) {
    return error instanceof Failure ? error.message : String(error);
  }
}

test("a host counts whoever stands in by their own pinned key, and not by the key of whom they stand in for", async () => {
  expect(await verdict([window.sign(cara), benForAnna])).toBe("decisions");
  expect(await verdict([window.sign(cara), benForAnna], [anna.pin, cara.pin])).toMatch(
    /Gate go has 1 of 2 .*agent.yaml pins no such key for ben/,
  );
  // Whom they stand in for need not be pinned: nothing is taken from them.
  expect(await verdict([window.sign(cara), benForAnna], [ben.pin, cara.pin])).toBe("decisions");
});

test("a host counts two of whom one stands in for the other once, whatever a server sends it", async () => {
  expect(await verdict([window.sign(anna), benForAnna])).toMatch(/Gate go has 1 of 2/);
  expect(await verdict([window.sign(ben), benForAnna])).toMatch(/Gate go has 1 of 2/);
  expect(await verdict([window.sign(cara, { inPlaceOf: anna.user }), benForAnna])).toMatch(/Gate go has 1 of 2/);
});

test("in whose place it was signed is part of what was signed", async () => {
  const own = { ...benForAnna.statement };
  delete (own as { inPlaceOf?: string }).inPlaceOf;
  expect(await verdict([window.sign(anna), { ...benForAnna, statement: own }])).toMatch(
    /the signature of ben does not hold/,
  );
});
