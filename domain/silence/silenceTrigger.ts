import type { SilenceStatement } from "../decision/silenceStatement.ts";
import { quorumOf } from "../gate/quorum.ts";
import type { Actor } from "../run/actor.ts";
import { isOneOf } from "../run/actor.ts";
import { fireIfHeld } from "../run/advance/watchTriggers.ts";
import type { OrderOf } from "../run/intents.ts";
import { stepStageOf } from "../run/stepOf.ts";
import type { Refusal, Turn } from "../run/turn.ts";
import { refuse } from "../run/turn.ts";
import type { CompiledGate, CompiledTrigger } from "../runbook/compiled.ts";
import { later } from "../time.ts";
import { COUNTS_FOR_MS, gateOfTrigger, latestSilenceEnd } from "./buildSilence.ts";
import { silenceQuorum, silenceSubject } from "./silenceQuorum.ts";
import { silenceOf } from "./silences.ts";

/**
 * Takes one person's signature towards a silence, and silences the trigger once as many have signed the same as its gate takes. One alone
 * never silences what two had to open.
 */
export function silenceTrigger(turn: Turn, order: OrderOf<"silenceTrigger">, actor: Actor): Refusal | undefined {
  const { statement } = order.silence;
  const trigger = turn.plan.triggers.find(({ id }) => id === order.triggerId);
  if (trigger === undefined) return refuse("unknownStep", order.triggerId);
  if (!goesForward(turn)) return refuse("wrongStage", "Triggers are watched while a run goes forward.");
  const gate = gateOfTrigger(turn.plan, trigger);
  const refusal =
    refuseSigner(gate, statement, actor, turn) ??
    refuseSubject(turn, { trigger, gate, statement }) ??
    refuseEnd(turn, statement) ??
    refuseAgain(turn, statement, actor);
  if (refusal !== undefined) return refusal;
  const groups = quorumOf(gate.spec).of.filter((word) => isOneOf(actor, [word]));
  turn.emit({ type: "silenceSigned", triggerId: trigger.id, silence: order.silence, by: actor.userId, groups });
  const { signed } = silenceOf(turn.state, trigger.id);
  const quorum = silenceQuorum(gate, signed, turn.state.requesters, turn.now);
  // The others may have signed something else than this: then this one waits for those who agree with it.
  if (!quorum.met || !quorum.signers.includes(actor.userId)) return undefined;
  const { until, untilStep, reason } = statement;
  const ends = untilStep === undefined ? { until } : { until, untilStep };
  turn.emit({ type: "triggerSilenced", triggerId: trigger.id, ...ends, reason, signers: [...quorum.signers] });
  return undefined;
}

/** Ends a silence, or what was signed towards one. Anybody who may hold the run may: it only lets the runbook have its way again. */
export function endSilence(turn: Turn, order: OrderOf<"endSilence">, actor: Actor): Refusal | undefined {
  const { triggerId, reason } = order;
  if (turn.state.silences[triggerId] === undefined) return refuse("notSilenced");
  turn.emit({ type: "silenceEnded", triggerId, how: "takenBack", by: actor.userId, reason });
  fireIfHeld(turn, triggerId);
  return undefined;
}

function goesForward({ state }: Turn): boolean {
  const isForward = state.stage === "running" || (state.stage === "held" && state.hold?.during === "forward");
  return isForward && state.rollbackOrdered === undefined;
}

function refuseSigner(
  { spec }: CompiledGate,
  statement: SilenceStatement,
  actor: Actor,
  { state }: Turn,
): Refusal | undefined {
  if (state.requesters.includes(actor.userId))
    return refuse("ownRequest", "Nobody silences a trigger of their own run.");
  const { of } = quorumOf(spec);
  if (!actor.roles.has("approver") || (of.length > 0 && !isOneOf(actor, of))) {
    return refuse("notAllowed", of.length === 0 ? "Approvers sign this." : `It takes: ${of.join(", ")}.`);
  }
  return actor.signatureValid === true && statement.approver === actor.userId ? undefined : refuse("badSignature");
}

function refuseSubject(
  { state, now }: Turn,
  about: { readonly trigger: CompiledTrigger; readonly gate: CompiledGate; readonly statement: SilenceStatement },
): Refusal | undefined {
  const { trigger, gate, statement } = about;
  if (state.nonces.includes(statement.nonce)) return refuse("nonceSpent");
  const isOurs =
    statement.triggerId === trigger.id &&
    statement.gateId === gate.gateId &&
    statement.runId === state.runId &&
    statement.windowId === state.windowId &&
    statement.kind === state.kind &&
    statement.executableDigest === state.executableDigest &&
    statement.windowEndsAt === state.windowEndsAt;
  if (!isOurs) return refuse("staleStatement");
  if (statement.notAfter < now) return refuse("statementExpired");
  return statement.notAfter > later(now, COUNTS_FOR_MS)
    ? refuse("staleStatement", "It counts for too long.")
    : undefined;
}

function refuseEnd({ state, plan, now }: Turn, { until, untilStep }: SilenceStatement): Refusal | undefined {
  if (until <= now) return refuse("endNotAllowed", "The end is over.");
  if (until > latestSilenceEnd(state, now))
    return refuse("endNotAllowed", "A silence ends with the window at the latest.");
  if (untilStep === undefined) return undefined;
  if (!plan.steps.some(({ id }) => id === untilStep)) return refuse("unknownStep", untilStep);
  const stage = stepStageOf(state, untilStep);
  return stage === "done" || stage === "skipped" ? refuse("endNotAllowed", "That step is over.") : undefined;
}

function refuseAgain({ state, now }: Turn, statement: SilenceStatement, actor: Actor): Refusal | undefined {
  const { signed, inForce } = silenceOf(state, statement.triggerId);
  const subject = silenceSubject(statement);
  const isSigned = signed.some(
    ({ by, silence }) =>
      by === actor.userId && silence.statement.notAfter >= now && silenceSubject(silence.statement) === subject,
  );
  const { until, untilStep, reason } = statement;
  const isInForce = inForce?.until === until && inForce.untilStep === untilStep && inForce.reason === reason;
  return isSigned || isInForce ? refuse("alreadyOrdered") : undefined;
}
