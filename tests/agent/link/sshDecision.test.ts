import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Judge } from "../../../agent/approval/authorise.ts";
import { authorise } from "../../../agent/approval/authorise.ts";
import { compileOnce } from "../../../agent/approval/compileOnce.ts";
import { groundsOf } from "../../../agent/approval/ownReading.ts";
import { AgentConfig } from "../../../agent/config.ts";
import { programsHere } from "../../../agent/control/doctor/programs.ts";
import { sshKeygenHere } from "../../../agent/control/doctor/rules.ts";
import { CATALOG } from "../../../domain/action/catalog.ts";
import { statementText } from "../../../domain/decision/digests.ts";
import type { SignedDecision, Statement } from "../../../domain/decision/statement.ts";
import { Failure } from "../../../domain/failure.ts";
import { Digest, HostId, TaskId, UserId } from "../../../domain/ids.ts";
import { Instant } from "../../../domain/time.ts";
import type { SshKey } from "../../support/sshKeys.ts";
import { makeSecurityKey, makeSshKey } from "../../support/sshKeys.ts";
import { decidedWindow, person } from "./support/decided.ts";

const NOW = Date.parse("2026-11-21T02:00:00Z");
const HOUR = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), "slackwater-ssh-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fingerprint = Digest.parse(createHash("sha256").update("this host").digest("hex"));
const window = decidedWindow({ fingerprint, parameters: { source: "/srv/old", target: "/srv/new" }, now: NOW });
const anna = person("anna");
const key = makeSshKey(folder, "anna");
const securityKey = makeSecurityKey();
const pinOf = ({ publicKey }: SshKey, software: boolean) => ({
  ...{ user: UserId.parse("anna"), groups: ["approvers"] },
  ...{ sshKey: publicKey, software },
});
const pinned = [pinOf(key, true), pinOf(securityKey, false)];

/** Anna's GO, signed with a key; what is signed and what is said to be signed can be made to differ. */
function signed(
  by: SshKey,
  how: { changes?: Partial<Statement>; signs?: Partial<Statement>; namespace?: string } = {},
) {
  const statement = window.statement(anna, how.changes);
  const signature = by.sign(statementText({ ...statement, ...how.signs }), how.namespace);
  return { statement, signature: { kind: "ssh", publicKey: by.publicKey, signature } } satisfies SignedDecision;
}

/** What a host that pins these keys says to an order which rests on a decision: the kind of warrant, or the refusal. */
async function verdict(decision: SignedDecision, approvers: readonly object[] = pinned, now = NOW): Promise<string> {
  const authority = window.authority([decision]);
  const judge: Judge = {
    config: AgentConfig.parse({ approvers }),
    fingerprint,
    hostId: HostId.parse("11111111-1111-4111-8111-111111111111"),
    past: [
      {
        taskId: TaskId.parse(`${window.runId}.list.1`),
        action: "files.manifest",
        arguments: { path: "/srv/old" },
        grounds: groundsOf(authority),
        report: {
          ...{ outcome: "succeeded", outputBytes: 0, result: { files_count: 7 } },
          ...{ startedAt: Instant.parse(NOW - HOUR), endedAt: Instant.parse(NOW - HOUR) },
        },
      },
    ],
    now: Instant.parse(now),
    compile: compileOnce(),
  };
  const order = {
    ...{ taskId: TaskId.parse(`${window.runId}.copy.1`), action: "files.copy", inspectFirst: false },
    ...{ arguments: { from: "/srv/old", to: "/srv/new", maxKiBps: 70 }, withinMs: 60_000, secrets: [] },
  };
  try {
    return (await authorise(CATALOG["files.copy"], order, authority, judge)).kind;
  } catch (error) {
    return error instanceof Failure ? `${error.code}: ${error.message}` : String(error);
  }
}

describe("a host that gets a GO signed with an SSH key", () => {
  test("obeys a key that its owner pinned, of every kind that is taken", async () => {
    expect(await verdict(signed(key))).toBe("decisions");
    expect(await verdict(signed(securityKey))).toBe("decisions");
    for (const type of [
      ["ecdsa", "-b", "256"],
      ["rsa", "-b", "3072"],
    ]) {
      const other = makeSshKey(folder, String(type[0]), { type });
      expect([type[0], await verdict(signed(other), [pinOf(other, true)])]).toEqual([type[0], "decisions"]);
    }
  });

  test("obeys nothing that was signed for another purpose: a commit, or the proof that somebody holds the key", async () => {
    expect(await verdict(signed(key, { namespace: "git" }))).toContain(
      'does not hold: it was made for "git" and not for "slackwater"',
    );
    expect(await verdict(signed(key, { namespace: "slackwater-key" }))).toContain('made for "slackwater-key"');
    // Whoever writes the other purpose over in the signature gains nothing.
    const commit = signed(key, { namespace: "slackwates" });
    const bytes = Buffer.from(commit.signature.signature.split("\n").slice(1, -1).join(""), "base64");
    bytes.write("slackwater", bytes.indexOf("slackwates"));
    const lines = bytes.toString("base64").match(/.{1,70}/g) ?? [];
    const forged = ["-----BEGIN SSH SIGNATURE-----", ...lines, "-----END SSH SIGNATURE-----"].join("\n");
    expect(await verdict({ ...commit, signature: { ...commit.signature, signature: forged } })).toContain(
      "does not hold: it is not this key's over this statement",
    );
  });

  test("obeys no other key, whatever the server says of whose it is", async () => {
    const eve = makeSshKey(folder, "eve");
    expect(await verdict(signed(eve))).toContain("agent.yaml pins no such SSH key for anna");
    const { statement, signature } = signed(eve);
    const dressed = { ...signature, publicKey: key.publicKey };
    expect(await verdict({ statement, signature: dressed })).toContain("it was made with another key");
    expect(await verdict(signed(key), [pinOf(eve, true)])).toContain("pins no such SSH key");
    expect(await verdict(signed(key), [{ ...pinOf(key, true), user: "ben" }])).toContain(
      "pins no such SSH key for anna",
    );
    expect(await verdict(signed(key), [anna.pin])).toContain("pins no such SSH key");
  });

  test("obeys no statement that was changed after it was signed, and none whose time is over", async () => {
    const moved = signed(key, { signs: { chainHead: Digest.parse("f".repeat(64)) } });
    expect(await verdict(moved)).toContain("does not hold: it is not this key's over this statement");
    const parameters = { source: "/srv/old", target: "/etc" };
    expect(await verdict(signed(key, { signs: { parameters } }))).toContain("does not hold");
    expect(await verdict(signed(key, { changes: { parameters } }))).toContain("it was signed for parameters");
    expect(await verdict(signed(key), pinned, NOW + 2 * HOUR)).toContain("it was valid until");
  });

  test("obeys a security key only when it was touched, and a key in software only where its owner wrote so", async () => {
    const untouched = makeSecurityKey(false);
    expect(await verdict(signed(untouched), [pinOf(untouched, false)])).toContain("nobody touched the security key");
    const { error } = AgentConfig.safeParse({ approvers: [pinOf(key, false)] });
    expect(error?.issues[0]?.message).toContain("Say software: true");
  });

  test("counts a person once who signs with a passkey and an SSH key", async () => {
    const twice = [...pinned, anna.pin];
    const authority = window.authority([signed(key), window.sign(anna)]);
    expect(authority.decisions).toHaveLength(2);
    expect(await verdict(window.sign(anna), twice)).toBe("decisions");
    expect(await verdict(signed(key), twice)).toBe("decisions");
  });

  test("says in the afternoon that ssh-keygen is missing, and with it refuses rather than believes", async () => {
    const config = AgentConfig.parse({ approvers: pinned });
    expect(sshKeygenHere(config, () => false)).toMatchObject([
      { verdict: "missing", todo: "apt install openssh-client" },
    ]);
    expect(sshKeygenHere(config, programsHere())).toMatchObject([{ verdict: "ok" }]);
    expect(sshKeygenHere(AgentConfig.parse({}), () => false)).toEqual([]);
  });
});
