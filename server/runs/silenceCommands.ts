import { createHash } from "node:crypto";
import { statementText } from "../../domain/decision/digests.ts";
import type { RunId } from "../../domain/ids.ts";
import { UserId } from "../../domain/ids.ts";
import { buildSilence } from "../../domain/silence/buildSilence.ts";
import { Instant } from "../../domain/time.ts";
import type { AskSilenceBody } from "../../protocol/http/silence.ts";
import type { SignedIn } from "../identity/actor.ts";
import type { House } from "../identity/door.ts";
import { storeStatementChallenge } from "../identity/passkeys.ts";
import type { SiteName } from "../identity/settings.ts";
import { freshChallenge } from "../identity/webAuthn.ts";

/**
 * The statement that this person would sign now to silence a trigger, with the question for their passkey. Its answer goes the way of every
 * decision (decisionCommands.ts); whether it may be is the domain's to judge. Undefined when there is no such run or trigger.
 *
 * @param name of the page that asks
 */
export async function askSilence(house: House, actor: SignedIn, runId: RunId, asked: AskSilenceBody, name: SiteName) {
  const run = await house.runs.read(runId);
  const trigger = run?.plan.triggers.find(({ id }) => id === asked.triggerId);
  if (!run || !trigger) return undefined;
  const { until, untilStep, reason } = asked;
  const statement = buildSilence(
    run.state,
    run.plan,
    { trigger, until, untilStep, reason },
    {
      approver: UserId.parse(actor.userId),
      nonce: freshChallenge(),
      now: Instant.parse(Date.now()),
      chainHead: run.head.hash,
    },
  );
  const text = statementText(statement);
  const challenge = createHash("sha256").update(text).digest("base64url");
  const stored = await storeStatementChallenge(house.prisma, house.settings, name, actor, {
    purpose: "decide",
    text,
    challenge,
  });
  return { ...stored, statement };
}
