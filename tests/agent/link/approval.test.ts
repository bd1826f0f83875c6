import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Judge } from "../../../agent/approval/authorise.ts";
import { authorise } from "../../../agent/approval/authorise.ts";
import { compileOnce } from "../../../agent/approval/compileOnce.ts";
import type { PastTask } from "../../../agent/approval/ownFacts.ts";
import { assertOwnOrder } from "../../../agent/approval/ownOrder.ts";
import { groundsOf } from "../../../agent/approval/ownReading.ts";
import { AgentConfig } from "../../../agent/config.ts";
import { CATALOG } from "../../../domain/action/catalog.ts";
import type { ActionSpec } from "../../../domain/action/defineAction.ts";
import { Failure } from "../../../domain/failure.ts";
import { Digest, HostId, TaskId } from "../../../domain/ids.ts";
import type { TaskReport } from "../../../domain/run/taskReport.ts";
import { Instant } from "../../../domain/time.ts";
import type { Authority, TaskOrder } from "../../../protocol/agent.ts";
import { DIGEST_OF_NOTHING, decidedWindow, MOVE_RUNBOOK, person, signStatement } from "./support/decided.ts";

const NOW = Date.parse("2026-11-21T02:00:00Z");
const HOUR = 3_600_000;
const fingerprint = Digest.parse(createHash("sha256").update("this host").digest("hex"));
const parameters = { source: "/srv/old", target: "/srv/new" };
const anna = person("anna");
const ben = person("ben", ["security"]);
const carl = person("carl");
const window = decidedWindow({ fingerprint, parameters, now: NOW });
const copy = CATALOG["files.copy"];

function order(step: string, args: Record<string, unknown>, action = "files.copy"): TaskOrder {
  const taskId = TaskId.parse(`${window.runId}.${step}.1`);
  return { taskId, action, arguments: args, inspectFirst: false, withinMs: 60_000, secrets: [] };
}

function succeeded(taskId: string, action: string, args: object, result: object, endedAt = NOW - HOUR): PastTask {
  const report: TaskReport = {
    outcome: "succeeded",
    startedAt: Instant.parse(endedAt - 10),
    endedAt: Instant.parse(endedAt),
    outputBytes: 0,
    result: { ...result },
  };
  const grounds = groundsOf(window.authority([]));
  return { taskId: TaskId.parse(`${window.runId}.${taskId}`), action, arguments: { ...args }, grounds, report };
}

const counted = succeeded("list.1", "files.manifest", { path: "/srv/old" }, { files_count: 7 });
const goodCopy = { from: "/srv/old", to: "/srv/new", maxKiBps: 70 };
const config = AgentConfig.parse({ approvers: [anna.pin, ben.pin, { ...carl.pin, software: false }] });

function judge(changes: Partial<Judge> = {}): Judge {
  const hostId = HostId.parse("11111111-1111-4111-8111-111111111111");
  return { config, fingerprint, hostId, past: [counted], now: Instant.parse(NOW), compile: compileOnce(), ...changes };
}

/** The sentence that refuses, or the kind of warrant. */
async function verdict(
  step: TaskOrder,
  authority: Authority,
  changes: Partial<Judge> = {},
  spec: ActionSpec = copy,
): Promise<string> {
  try {
    return (await authorise(spec, step, authority, judge(changes))).kind;
  } catch (error) {
    return error instanceof Failure ? `${error.code}: ${error.message}` : String(error);
  }
}

const go = window.sign(anna);

describe("a host that is ordered to change something", () => {
  test("does it on the GO of a person whose passkey is pinned on it", async () => {
    expect(await verdict(order("copy", goodCopy), window.authority([go]))).toBe("decisions");
  });

  test("does nothing without a decision, and nothing at all where nobody is pinned", async () => {
    expect(await verdict(order("copy", goodCopy), window.authority([]))).toMatch(/^notAuthorised: Gate go has 0 of 1/);
    const nobody = { config: AgentConfig.parse({}) };
    expect(await verdict(order("copy", goodCopy), window.authority([go]), nobody)).toMatch(/pins no approvers/);
  });

  test("refuses an argument that the server changed after the signature, and names both values", async () => {
    const refusal = await verdict(order("copy", { ...goodCopy, to: "/etc" }), window.authority([go]));
    expect(refusal).toBe(
      'notAuthorised: Argument to is "/srv/new" by what this host knows itself, and the order has "/etc".',
    );
    expect(await verdict(order("copy", { ...goodCopy, owner: "0:0" }), window.authority([go]))).toMatch(
      /owner is absent/,
    );
  });

  test("refuses an argument that rests on a fact it did not measure itself", async () => {
    expect(await verdict(order("copy", goodCopy), window.authority([go]), { past: [] })).toMatch(
      /can't be computed from what this host knows itself/,
    );
    const lied = order("copy", { ...goodCopy, maxKiBps: 9_999_999 });
    expect(await verdict(lied, window.authority([go]))).toMatch(/maxKiBps is 70 .* the order has 9999999/);
  });

  test("does not count what was measured under the step's name and was not what the text says there", async () => {
    const elsewhere = order("list", { path: "/srv/full-of-files" }, "files.manifest");
    const asInText = order("list", { path: "/srv/old" }, "files.manifest");
    const observe = { ...copy, class: "observe" } as ActionSpec;
    const groundsOfOrder = async (one: TaskOrder) =>
      (await authorise(observe, one, window.authority([]), judge({ past: [] }))).grounds;
    expect(await groundsOfOrder(elsewhere)).toBeUndefined();
    expect(await groundsOfOrder(asInText)).toBe(counted.grounds);
    const past = [{ ...counted, grounds: undefined }];
    expect(await verdict(order("copy", goodCopy), window.authority([go]), { past })).toMatch(/can't be computed/);
    const underOthers = [{ ...counted, grounds: groundsOf(window.authority([], { parameters: { source: "/" } })) }];
    expect(await verdict(order("copy", goodCopy), window.authority([go]), { past: underOthers })).toMatch(
      /can't be computed/,
    );
  });

  test("takes the newest of its own measurements", async () => {
    const again = succeeded("list.2", "files.manifest", { path: "/srv/old" }, { files_count: 9 }, NOW - 1000);
    const past = [again, counted];
    expect(await verdict(order("copy", { ...goodCopy, maxKiBps: 90 }), window.authority([go]), { past })).toBe(
      "decisions",
    );
    expect(await verdict(order("copy", goodCopy), window.authority([go]), { past })).toMatch(/maxKiBps is 90/);
  });

  test.each([
    ["another run", { runId: "22222222-2222-4222-8222-222222222222" }],
    ["another window", { windowId: "22222222-2222-4222-8222-222222222222" }],
    ["another runbook", { executableDigest: DIGEST_OF_NOTHING }],
    ["another rollback", { rollbackDigest: DIGEST_OF_NOTHING }],
    ["other parameters", { parameters: { ...parameters, target: "/srv/other" } }],
    ["another host", { hosts: { db: DIGEST_OF_NOTHING } }],
    ["a window that is over", { notAfter: NOW - HOUR }],
    ["a window that has not begun", { notBefore: NOW + HOUR }],
  ])("does not count a decision that was signed for %s", async (_what, changes) => {
    const other = window.sign(anna, changes as never);
    expect(await verdict(order("copy", goodCopy), window.authority([other]))).toMatch(
      /^notAuthorised: Gate go has 0 of 1 decisions, nobody of approvers\. Not counted: it (was signed for|is not valid|was valid)/,
    );
  });

  test("does not count a statement that was changed after it was signed", async () => {
    const forged = { ...go, statement: { ...go.statement, notAfter: Instant.parse(NOW + 24 * HOUR) } };
    expect(await verdict(order("copy", goodCopy), window.authority([forged]))).toMatch(
      /signature of anna does not hold/,
    );
  });

  test("does not count the signature of a key that is not pinned, whoever it says it is", async () => {
    const impostor = { ...person("anna"), user: anna.user };
    const forged = window.sign(impostor);
    expect(await verdict(order("copy", goodCopy), window.authority([forged]))).toMatch(/pins no such key for anna/);
    const swapped = {
      ...forged,
      signature: { ...forged.signature, credentialId: anna.pin.credentialId, publicKey: anna.pin.publicKey },
    };
    expect(await verdict(order("copy", goodCopy), window.authority([swapped]))).toMatch(/does not hold/);
  });

  test("does not count a passkey used on another site", async () => {
    const phished = {
      ...anna,
      passkey: person("anna", [], { rpId: "localhost", origin: "https://evil.example" }).passkey,
    };
    const pinned = { ...anna.pin, credentialId: phished.passkey.credentialId, publicKey: phished.passkey.publicKey };
    const signed = signStatement(phished, window.statement(anna));
    const changes = { config: AgentConfig.parse({ approvers: [pinned] }) };
    expect(await verdict(order("copy", goodCopy), window.authority([signed]), changes)).toMatch(
      /does not hold.*origin/,
    );
  });

  test("does not count a program's key where the owner pinned a person's, nor one that hides that it is one", async () => {
    expect(await verdict(order("copy", goodCopy), window.authority([window.sign(carl)]))).toMatch(
      /with a program's key/,
    );
    const hidden = { ...go, signature: { ...go.signature, software: false } };
    expect(await verdict(order("copy", goodCopy), window.authority([hidden]))).toMatch(/marked as a program's/);
  });

  test("stops at a NO-GO, even beside a GO", async () => {
    const noGo = window.sign(anna, { verdict: "NO-GO" });
    expect(await verdict(order("copy", goodCopy), window.authority([go, noGo]))).toMatch(
      /anna decided NO-GO at gate go/,
    );
  });

  test("needs every gate for people that stands before the step, each from its own group", async () => {
    const again = order("copy-again", { from: "/srv/old", to: "/srv/new" });
    expect(await verdict(again, window.authority([go]))).toMatch(/Gate second-look has 0 of 1.*nobody of security/);
    const wrongGroup = window.sign(anna, { gateId: "second-look" as never });
    expect(await verdict(again, window.authority([go, wrongGroup]))).toMatch(/Gate second-look has 0 of 1/);
    const right = window.sign(ben, { gateId: "second-look" as never });
    expect(await verdict(again, window.authority([go, right]))).toBe("decisions");
  });

  test("rolls back after the window's end with every approver asleep, until the latest end and not longer", async () => {
    const back = order("copy-back", { from: "/srv/new", to: "/srv/old" });
    const late = (hours: number) => ({ now: Instant.parse(NOW + hours * HOUR) });
    expect(await verdict(back, window.authority([go]), late(3))).toBe("decisions");
    expect(await verdict(back, window.authority([go]), late(5))).toMatch(/for a rollback/);
    expect(await verdict(order("copy", goodCopy), window.authority([go]), late(3))).toMatch(/it was valid until/);
  });

  test("never destroys in a rollback on the strength of a GO", async () => {
    const destroying = { ...copy, class: "destroy" } as ActionSpec;
    const back = order("copy-back", { from: "/srv/new", to: "/srv/old" });
    expect(await verdict(back, window.authority([go]), {}, destroying)).toMatch(/would destroy data in a rollback/);
  });

  test("refuses a step that the text does not have, has otherwise, or has for another host", async () => {
    expect(await verdict(order("no-such-step", goodCopy), window.authority([go]))).toMatch(
      /no task at step no-such-step/,
    );
    expect(await verdict(order("second-look", goodCopy), window.authority([go]))).toMatch(
      /no task at step second-look/,
    );
    expect(await verdict(order("copy", goodCopy, "files.move"), window.authority([go]))).toMatch(
      /Step copy is files.copy/,
    );
    expect(await verdict(order("copy", goodCopy), window.authority([go]), { fingerprint: DIGEST_OF_NOTHING })).toMatch(
      /Step copy is not for this host/,
    );
  });

  test("refuses a text that is not the signed one, and one that it can't read", async () => {
    const changed = MOVE_RUNBOOK.replace("lasts: 1m", "lasts: 2m");
    const authority = window.authority([go], { runbookText: changed });
    expect(await verdict(order("copy", goodCopy), authority)).toMatch(/text is not that of its digest/);
    const digest = Digest.parse(createHash("sha256").update(changed).digest("hex"));
    expect(await verdict(order("copy", goodCopy), { ...authority, runbookDigest: digest })).toMatch(/compiles to/);
    const broken = "slackwater: 1\nnonsense: yes\n";
    const brokenDigest = Digest.parse(createHash("sha256").update(broken).digest("hex"));
    expect(
      await verdict(order("copy", goodCopy), { ...authority, runbookText: broken, runbookDigest: brokenDigest }),
    ).toMatch(/can't be read on this host: line/);
  });
});

describe("what needs no decision", () => {
  test("looking and bringing back are always allowed to the enrolled server", async () => {
    for (const kind of ["observe", "safe"] as const) {
      expect(await verdict(order("copy", goodCopy), window.authority([]), {}, { ...copy, class: kind })).toBe("none");
    }
  });

  test("a standing grant covers the action it names while it changes, never while it destroys", async () => {
    const granted = { config: AgentConfig.parse({ standing: ["files.copy"] }) };
    expect(await verdict(order("copy", goodCopy), window.authority([]), granted)).toBe("none");
    const destroying = { ...copy, class: "destroy" } as ActionSpec;
    expect(await verdict(order("copy", goodCopy), window.authority([]), granted, destroying)).toMatch(/^notAuthorised/);
  });
});

describe("the order of things on this host", () => {
  const verified = {
    differing_count: 0,
    missing_count: 0,
    extra_count: 0,
    wrong_owner_count: 0,
    required_missing_count: 0,
  };
  const pair = { from: "/srv/old", to: "/srv/new" };
  const passed = succeeded("verify.1", "files.verify", pair, verified);
  const pointAt = (past: readonly PastTask[]) => judged("postgres.pointAt", { directory: "/srv/new" }, past);
  const judged = (action: string, args: Readonly<Record<string, unknown>>, past: readonly PastTask[]) => {
    try {
      assertOwnOrder(action, args, { past, asInText: past.filter(({ grounds }) => grounds !== undefined) });
      return "allowed";
    } catch (error) {
      return error instanceof Failure ? error.code : String(error);
    }
  };

  test("nothing is switched to a copy that this host did not compare itself, whoever signed", () => {
    expect(pointAt([])).toBe("outOfOrder");
    expect(pointAt([passed])).toBe("allowed");
    expect(pointAt([succeeded("verify.1", "files.verify", { ...pair, to: "/srv/other" }, verified)])).toBe(
      "outOfOrder",
    );
    expect(pointAt([succeeded("verify.1", "files.verify", pair, { ...verified, differing_count: 1 })])).toBe(
      "outOfOrder",
    );
    expect(pointAt([passed, succeeded("copy.2", "files.copy", pair, {})])).toBe("outOfOrder");
    // Ordered under the step's name, but not what the text says there: the copy with itself, say.
    expect(pointAt([{ ...passed, grounds: undefined }])).toBe("outOfOrder");
  });

  test("what PostgreSQL was switched to is not copied over again, whoever signed: writes since then would be lost", () => {
    const switched = succeeded("point-at.1", "postgres.pointAt", { directory: "/srv/new" }, {});
    expect(judged("files.copy", pair, [passed])).toBe("allowed");
    expect(judged("files.copy", pair, [passed, switched])).toBe("outOfOrder");
    expect(judged("files.copy", { ...pair, to: "/srv/other" }, [passed, switched])).toBe("allowed");
  });
});
