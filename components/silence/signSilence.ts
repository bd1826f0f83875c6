import type { SilenceStatement } from "../../domain/decision/silenceStatement.ts";
import { postJson } from "../data/apiClient.ts";
import type { Asked, Signing } from "../decide/passkeyAnswer.ts";
import { answerWithPasskey, whyNotAsked } from "../decide/passkeyAnswer.ts";

/** What a person wants to sign: which trigger is silenced, until when, and why. */
export interface SilenceWish {
  readonly triggerId: string;
  readonly until: number;
  /** Ends it before that, as soon as this step is over. */
  readonly untilStep?: string;
  /** Without blanks around it. */
  readonly reason: string;
}

/**
 * Signs with the reader's passkey that a trigger be silenced. What the server made of the wish is held against the wish before the passkey
 * is asked. Throws `ApiProblem` or `NotReached`.
 */
export async function signSilence(runId: string, wish: SilenceWish): Promise<Signing> {
  const asked = await postJson<Asked<SilenceStatement>>(`/api/runs/${runId}/silence`, wish);
  const { statement } = asked;
  const isAsWished =
    statement.runId === runId &&
    statement.triggerId === wish.triggerId &&
    statement.until === wish.until &&
    statement.untilStep === wish.untilStep &&
    statement.reason === wish.reason;
  const detail = isAsWished ? await whyNotAsked(asked) : "The statement says something else than what you chose.";
  return detail === undefined ? answerWithPasskey(runId, asked) : { signed: false, because: "changed", detail };
}
