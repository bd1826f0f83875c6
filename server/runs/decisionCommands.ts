import { createHash } from "node:crypto";
import { z } from "zod";
import { buildStatement } from "../../domain/decision/buildStatement.ts";
import { statementText } from "../../domain/decision/digests.ts";
import { SignedSilence, SilenceStatement } from "../../domain/decision/silenceStatement.ts";
import type { Signature, Verdict } from "../../domain/decision/statement.ts";
import { SignedDecision, Statement } from "../../domain/decision/statement.ts";
import type { RunId } from "../../domain/ids.ts";
import { GateId, UserId } from "../../domain/ids.ts";
import { findGate } from "../../domain/run/findStep.ts";
import { Instant } from "../../domain/time.ts";
import type { SshSignatureBody } from "../../protocol/http/identity.ts";
import type { OrderAnswer } from "../../protocol/http/orders.ts";
import type { SignedIn } from "../identity/actor.ts";
import { spendChallenge, storeChallenge } from "../identity/challenges.ts";
import type { House } from "../identity/door.ts";
import { checkPasskey, storeStatementChallenge } from "../identity/passkeys.ts";
import type { SiteName } from "../identity/settings.ts";
import { checkSshKey } from "../identity/sshKeys.ts";
import type { AssertionResponse } from "../identity/webAuthn.ts";
import { freshChallenge } from "../identity/webAuthn.ts";
import { giveOrder } from "./orderCommands.ts";

/**
 * The statement that this person would sign at a gate now. For a passkey with the question for it: its challenge is the SHA-256 of the
 * statement's canonical JSON, so that the signature binds every word; an SSH key signs that JSON itself. `keys`: how many of the kind
 * the person has. Undefined when there is no such run or gate.
 *
 * @param name of the page that asks
 */
export async function askStatement(
  house: House,
  actor: SignedIn,
  runId: RunId,
  asked: {
    gateId: string;
    verdict: Verdict;
    signWith: Signature["kind"];
    reason: string;
    inPlaceOf?: UserId | undefined;
  },
  name: SiteName,
) {
  const run = await house.runs.read(runId);
  const gateId = GateId.safeParse(asked.gateId);
  const gate = run && gateId.success ? findGate(run.plan, gateId.data) : undefined;
  if (!run || !gate) return undefined;
  const statement = buildStatement(run.state, run.plan, gate, {
    verdict: asked.verdict,
    approver: UserId.parse(actor.userId),
    nonce: freshChallenge(),
    now: Instant.parse(Date.now()),
    chainHead: run.head.hash,
    reason: asked.verdict === "BREAK-GLASS" ? asked.reason : undefined,
    inPlaceOf: asked.verdict === "BREAK-GLASS" || asked.inPlaceOf === actor.userId ? undefined : asked.inPlaceOf,
  });
  const text = statementText(statement);
  const challenge = createHash("sha256").update(text).digest("base64url");
  switch (asked.signWith) {
    case "passkey": {
      const stored = await storeStatementChallenge(house.prisma, house.settings, name, actor, {
        purpose: "decide",
        text,
        challenge,
      });
      return { ...stored, statement };
    }
    case "ssh": {
      const question = { purpose: "decide", userId: actor.userId, value: challenge, statement: text } as const;
      const keys = await house.prisma.sshKey.count({ where: { userId: actor.userId } });
      const { id } = await storeChallenge(house.prisma, question);
      return { challengeId: id, keys, statement };
    }
    default:
      return asked.signWith satisfies never;
  }
}

/** Either kind of statement that is signed for a run, told apart by its own first word. */
const SignedStatement = z.discriminatedUnion("slackwater", [Statement, SilenceStatement]);

/** What signed a statement, as it came in. */
type SignedAnswer = { challengeId: string } & ({ credential: AssertionResponse } | { ssh: SshSignatureBody });

/**
 * Takes the answer of a passkey or an SSH key to a statement: checks the signature over what was asked, once, and gives the decision to
 * the run. Everything else about it (the gate asks, the digests still fit, the person may decide) is the domain's to judge, and again
 * the hosts'.
 */
export async function signDecision(
  house: House,
  actor: SignedIn,
  runId: RunId,
  answer: SignedAnswer,
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
  const statement = SignedStatement.parse(JSON.parse(challenge.statement));
  const question = { challenge: challenge.value, text: challenge.statement };
  const signature =
    "ssh" in answer
      ? await signatureBySshKey(house, actor, question, answer.ssh)
      : await signatureByPasskey(house, actor, question, answer.credential);
  if (statement.runId !== runId || signature === undefined) {
    return refused("badSignature", "The signature does not fit the statement and a key of yours. Nothing was done.");
  }
  if (statement.slackwater === "silence/1") {
    const { triggerId } = statement;
    const silence = SignedSilence.parse({ statement, signature });
    return giveOrder(house, actor, runId, { order: "silenceTrigger", triggerId, silence });
  }
  const decision = SignedDecision.parse({ statement, signature });
  return giveOrder(house, actor, runId, { order: "decide", gateId: statement.gateId, decision });
}

interface Question {
  /** base64url of the SHA-256 of `text`. */
  readonly challenge: string;
  /** The canonical JSON of the statement. */
  readonly text: string;
}

async function signatureByPasskey(
  { prisma, settings }: House,
  actor: SignedIn,
  { challenge }: Question,
  credential: AssertionResponse,
): Promise<Signature | undefined> {
  const passkey = await checkPasskey(prisma, settings, challenge, credential);
  if (passkey?.userId !== actor.userId) return undefined;
  const { credentialId, publicKey, software } = passkey;
  const { clientDataJSON, authenticatorData, signature } = credential.response;
  return { kind: "passkey", credentialId, clientDataJSON, authenticatorData, signature, publicKey, software };
}

async function signatureBySshKey(
  { prisma }: House,
  actor: SignedIn,
  { text }: Question,
  ssh: SshSignatureBody,
): Promise<Signature | undefined> {
  return (await checkSshKey(prisma, actor, { ...ssh, text })) ? { kind: "ssh", ...ssh } : undefined;
}
