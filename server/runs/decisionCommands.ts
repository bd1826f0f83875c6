import { createHash } from "node:crypto";
import { buildStatement } from "../../domain/decision/buildStatement.ts";
import { statementText } from "../../domain/decision/digests.ts";
import type { Verdict } from "../../domain/decision/statement.ts";
import { SignedDecision, Statement } from "../../domain/decision/statement.ts";
import type { RunId } from "../../domain/ids.ts";
import { GateId, UserId } from "../../domain/ids.ts";
import { findGate } from "../../domain/run/findStep.ts";
import { Instant } from "../../domain/time.ts";
import type { OrderAnswer } from "../../protocol/http/orders.ts";
import type { SignedIn } from "../identity/actor.ts";
import type { House } from "../identity/door.ts";
import { checkPasskey, spendChallenge, storeStatementChallenge } from "../identity/passkeys.ts";
import type { SiteName } from "../identity/settings.ts";
import type { AssertionResponse } from "../identity/webAuthn.ts";
import { freshChallenge } from "../identity/webAuthn.ts";
import { giveOrder } from "./orderCommands.ts";

/**
 * The statement that this person would sign at a gate now, with the question for their passkey: its challenge is the SHA-256 of the
 * statement's canonical JSON, so that the signature binds every word. Undefined when there is no such run or gate.
 *
 * @param name of the page that asks
 */
export async function askStatement(
  house: House,
  actor: SignedIn,
  runId: RunId,
  asked: { gateId: string; verdict: Verdict },
  name: SiteName,
) {
  const run = await house.runs.read(runId);
  const gate = run && findGate(run.plan, GateId.parse(asked.gateId));
  if (!run || !gate) return undefined;
  const statement = buildStatement(run.state, run.plan, gate, {
    verdict: asked.verdict,
    approver: UserId.parse(actor.userId),
    nonce: freshChallenge(),
    now: Instant.parse(Date.now()),
    chainHead: run.head.hash,
  });
  const text = statementText(statement);
  const challenge = createHash("sha256").update(text).digest("base64url");
  const stored = await storeStatementChallenge(house.prisma, house.settings, name, actor, {
    purpose: "decide",
    text,
    challenge,
  });
  return { ...stored, statement };
}

/**
 * Takes the passkey's answer to a statement: checks the signature over what was asked, once, and gives the decision to the run.
 * Everything else about it (the gate asks, the digests still fit, the person may decide) is the domain's to judge, and again the hosts'.
 */
export async function signDecision(
  house: House,
  actor: SignedIn,
  runId: RunId,
  answer: { challengeId: string; credential: AssertionResponse },
): Promise<OrderAnswer | undefined> {
  const refused = (because: "nonceSpent" | "badSignature", detail: string): OrderAnswer => ({
    accepted: false,
    because,
    message: detail,
    detail: "Open the gate again and decide.",
  });
  const challenge = await spendChallenge(house.prisma, answer.challengeId, "decide");
  if (!challenge?.statement || challenge.userId !== actor.userId) {
    return refused("nonceSpent", "This statement was used already, or its five minutes are over. Nothing was done.");
  }
  const statement = Statement.parse(JSON.parse(challenge.statement));
  const passkey = await checkPasskey(house.prisma, house.settings, challenge.value, answer.credential);
  if (statement.runId !== runId || passkey?.userId !== actor.userId) {
    return refused("badSignature", "The signature does not fit the statement and your passkey. Nothing was done.");
  }
  const { clientDataJSON, authenticatorData, signature } = answer.credential.response;
  const decision = SignedDecision.parse({
    statement,
    signature: {
      kind: "passkey",
      credentialId: passkey.credentialId,
      clientDataJSON,
      authenticatorData,
      signature,
      publicKey: passkey.publicKey,
      software: passkey.software,
    },
  });
  return giveOrder(house, actor, runId, { order: "decide", gateId: statement.gateId, decision });
}
