import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { authorise } from "../../../agent/approval/authorise.ts";
import { compileOnce } from "../../../agent/approval/compileOnce.ts";
import { AgentConfig } from "../../../agent/config.ts";
import { CATALOG } from "../../../domain/action/catalog.ts";
import type { ActionSpec } from "../../../domain/action/defineAction.ts";
import type { SignedDecision } from "../../../domain/decision/statement.ts";
import { Failure } from "../../../domain/failure.ts";
import { Digest, HostId, TaskId } from "../../../domain/ids.ts";
import { Instant } from "../../../domain/time.ts";
import { decidedWindow, MOVE_RUNBOOK, person } from "./support/decided.ts";

const NOW = Date.parse("2026-11-21T02:00:00Z");
const fingerprint = Digest.parse(createHash("sha256").update("this host").digest("hex"));
/** Two GOs are asked for, and nothing of the arguments rests on a measurement. */
const text = MOVE_RUNBOOK.replace("atLeast: 1 } }", "atLeast: 2 } }").replace(
  '{ expr: "facts.tree.files_count * 10" }',
  "70",
);
const window = decidedWindow({ fingerprint, parameters: { source: "/srv/old", target: "/srv/new" }, now: NOW, text });
const [anna, ben, ada] = [person("anna"), person("ben"), person("ada", ["admin"])];
const glass = window.sign(ada, { verdict: "BREAK-GLASS", reason: "Ben is on a plane." });
const go = window.sign(anna);
const copy = CATALOG["files.copy"];

/** What this host says to an order that rests on these decisions. */
async function verdict(decisions: readonly SignedDecision[], config: object, spec: ActionSpec = copy): Promise<string> {
  const order = {
    ...{ taskId: TaskId.parse(`${window.runId}.copy.1`), action: "files.copy", inspectFirst: false },
    ...{ arguments: { from: "/srv/old", to: "/srv/new", maxKiBps: 70 }, withinMs: 60_000, secrets: [] },
  };
  const judge = {
    config: AgentConfig.parse({ approvers: [anna.pin, ben.pin, ada.pin], ...config }),
    ...{ fingerprint, past: [], now: Instant.parse(NOW), compile: compileOnce() },
    hostId: HostId.parse("11111111-1111-4111-8111-111111111111"),
  };
  try {
    return (await authorise(spec, order, window.authority(decisions), judge)).kind;
  } catch (error) {
    return error instanceof Failure ? error.message : String(error);
  }
}

test("a host takes one GO fewer only if its owner admits that, for all or for groups", async () => {
  expect(await verdict([go, window.sign(ben)], {})).toBe("decisions");
  expect(await verdict([go, glass], {})).toMatch(/Gate go has 1 of 2 .*agent.yaml does not admit that \(breakGlass\)/);
  expect(await verdict([go, glass], { breakGlass: true })).toBe("decisions");
  expect(await verdict([go, glass], { breakGlass: ["admin"] })).toBe("decisions");
  expect(await verdict([go, glass], { breakGlass: ["security"] })).toMatch(/does not admit that/);
});

test("a host never destroys on a broken glass, nor acts on one alone, nor on one that it can't verify", async () => {
  const admitted = { breakGlass: true };
  const destroys = { ...copy, class: "destroy" } as ActionSpec;
  expect(await verdict([go, glass], admitted, destroys)).toMatch(/ada broke the glass, and files.copy destroys/);
  expect(await verdict([go, window.sign(ben)], admitted, destroys)).toBe("decisions");
  expect(await verdict([glass], admitted)).toMatch(/Gate go has 0 of 2/);
  const reworded = { ...glass, statement: { ...glass.statement, reason: "No reason." } };
  expect(await verdict([go, reworded], admitted)).toMatch(/the signature of ada does not hold/);
  expect(await verdict([go, glass], { ...admitted, approvers: [anna.pin, ben.pin] })).toMatch(
    /pins no such key for ada/,
  );
});

test("a host counts no GO of an admin, and no broken glass of one who decides at that gate", async () => {
  expect(await verdict([go, window.sign(ada)], { breakGlass: true })).toMatch(
    /pinned for admin only, who decides nothing/,
  );
  const own = window.sign(ben, { verdict: "BREAK-GLASS", reason: "I am tired." });
  expect(await verdict([go, own], { breakGlass: true })).toMatch(/Gate go has 1 of 2/);
  expect(
    await verdict([go, window.sign(anna, { verdict: "BREAK-GLASS", reason: "Me too." })], { breakGlass: true }),
  ).toMatch(/Gate go has 1 of 2/);
});
