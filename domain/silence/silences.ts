import type { SignedSilence } from "../decision/silenceStatement.ts";
import type { StepId, UserId } from "../ids.ts";
import type { RunState } from "../run/state.ts";
import type { Instant } from "../time.ts";

/** One signature towards a silence that is not in force yet. */
export interface SilenceSignature {
  readonly silence: SignedSilence;
  readonly by: UserId;
  /** The quorum's groups that the signer was in when signing. */
  readonly groups: readonly string[];
}

/** A silence in force: the trigger is watched and shown, and does nothing. */
export interface SilenceInForce {
  readonly until: Instant;
  readonly untilStep?: StepId;
  readonly reason: string;
  readonly signers: readonly UserId[];
  readonly since: Instant;
}

/** What was signed about one trigger: towards a silence, and the one in force. */
export interface SilenceState {
  readonly triggerId: string;
  readonly signed: readonly SilenceSignature[];
  readonly inForce?: SilenceInForce;
}

/** What was signed about a trigger; nothing, where nobody did. */
export function silenceOf({ silences }: RunState, triggerId: string): SilenceState {
  return silences[triggerId] ?? { triggerId, signed: [] };
}

/** Whether a trigger does nothing now although its condition may hold. */
export function isSilenced(state: RunState, triggerId: string): boolean {
  return silenceOf(state, triggerId).inForce !== undefined;
}
