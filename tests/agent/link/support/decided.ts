import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { sha256 } from "../../../../agent/approval/ownReading.ts";
import type { PasskeyApprover } from "../../../../agent/config.ts";
import { statementText } from "../../../../domain/decision/digests.ts";
import type { Signature, SignedDecision, Statement } from "../../../../domain/decision/statement.ts";
import { Statement as StatementSchema } from "../../../../domain/decision/statement.ts";
import type { RunId } from "../../../../domain/ids.ts";
import { Digest, RunId as RunIdSchema, UserId, WindowId } from "../../../../domain/ids.ts";
import { compileRunbook } from "../../../../domain/runbook/compile.ts";
import type { CompiledRunbook } from "../../../../domain/runbook/compiled.ts";
import type { Parameters } from "../../../../domain/runbook/parameters.ts";
import { Authority } from "../../../../protocol/agent.ts";
import type { SoftwarePasskey } from "../../../../scripts/demo/softwarePasskey.ts";
import { createSoftwarePasskey } from "../../../../scripts/demo/softwarePasskey.ts";

/** The site that the test's approvers sign on. */
export const SITE = { rpId: "localhost", origin: "http://localhost:3000" };

/** The runbook of these tests: a copy, a second gate, a copy again, a rollback. */
export const MOVE_RUNBOOK = readFileSync(new URL("move.yaml", import.meta.url), "utf8");

export const DIGEST_OF_NOTHING = Digest.parse(createHash("sha256").digest("hex"));

/** A person with a passkey. */
export interface Person {
  readonly user: UserId;
  readonly passkey: SoftwarePasskey;
  readonly pin: PasskeyApprover;
}

export function person(name: string, groups = ["approvers"], site = SITE): Person {
  const passkey = createSoftwarePasskey(site);
  const user = UserId.parse(name);
  const { credentialId, publicKey } = passkey;
  const pin = { user, groups, credentialId, publicKey, rpId: site.rpId, origins: [site.origin], software: true };
  return { user, passkey, pin };
}

export function compiled(text = MOVE_RUNBOOK): CompiledRunbook {
  const compilation = compileRunbook(text, sha256);
  if (!compilation.ok) throw new Error(JSON.stringify(compilation.problems));
  return compilation.compiled;
}

/** A decision that was signed with a passkey. */
type PasskeyDecision = SignedDecision & { readonly signature: Extract<Signature, { kind: "passkey" }> };

/** A window over one host that is open now, and ways to decide it. */
export interface DecidedWindow {
  readonly runId: RunId;
  readonly windowId: WindowId;
  statement(by: Person, changes?: Partial<Statement>): Statement;
  sign(by: Person, changes?: Partial<Statement>): PasskeyDecision;
  authority(decisions: readonly SignedDecision[], changes?: Partial<Authority>): Authority;
}

export function decidedWindow(options: {
  fingerprint: Digest;
  parameters: Parameters;
  text?: string;
  now?: number;
}): DecidedWindow {
  const text = options.text ?? MOVE_RUNBOOK;
  const plan = compiled(text);
  const now = options.now ?? Date.now();
  const runId = RunIdSchema.parse(randomUUID());
  const windowId = WindowId.parse(randomUUID());
  const hosts = { db: options.fingerprint };
  const statement = (by: Person, changes: Partial<Statement> = {}) =>
    StatementSchema.parse({
      slackwater: "decision/1",
      verdict: "GO",
      gateId: "go",
      windowId,
      runId,
      kind: "live",
      executableDigest: plan.digests.executable,
      languageVersion: 1,
      parameters: options.parameters,
      hosts,
      evidence: [{ criterionId: "some", verdict: "pass", values: { "facts.tree.files_count": 7 } }],
      rollbackDigest: plan.digests.rollback,
      rollbackLatestEnd: now + 4 * 3_600_000,
      chainHead: DIGEST_OF_NOTHING,
      windowStartsAt: now - 60_000,
      windowEndsAt: now + 3_600_000,
      notBefore: now - 60_000,
      notAfter: now + 3_600_000,
      nonce: randomBytes(32).toString("base64url"),
      approver: by.user,
      ...changes,
    });
  return {
    runId,
    windowId,
    statement,
    sign: (by, changes) => signStatement(by, statement(by, changes)),
    authority: (decisions, changes = {}) =>
      Authority.parse({
        windowId,
        runbookText: text,
        runbookDigest: plan.digests.whole,
        executableDigest: plan.digests.executable,
        parameters: options.parameters,
        hosts,
        decisions,
        chainHead: DIGEST_OF_NOTHING,
        ...changes,
      }),
  };
}

/** What a person's device would make of a statement. */
export function signStatement(by: Person, statement: Statement): PasskeyDecision {
  const challenge = createHash("sha256").update(statementText(statement)).digest("base64url");
  const { response } = by.passkey.assert(challenge);
  const { credentialId, publicKey } = by.passkey;
  const { clientDataJSON, authenticatorData, signature } = response;
  return {
    statement,
    signature: {
      kind: "passkey",
      credentialId,
      publicKey,
      clientDataJSON,
      authenticatorData,
      signature,
      software: true,
    },
  };
}
