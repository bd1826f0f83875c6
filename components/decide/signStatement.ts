import type { Statement } from "../../domain/decision/statement.ts";
import type { GateView } from "../../protocol/http/gates.ts";
import { postJson } from "../data/apiClient.ts";
import type { Asked, Signing } from "./passkeyAnswer.ts";
import { answerWithPasskey, whyNotAsked } from "./passkeyAnswer.ts";

/** What a person wants to sign at a gate. */
export interface SignWish {
  readonly verdict: Statement["verdict"];
  /** Why the glass is broken, without blanks around it; for that verdict alone. */
  readonly reason?: string | undefined;
  /** In whose place; absent: in their own. */
  readonly inPlaceOf?: string | undefined;
}

/**
 * Signs a verdict with the reader's passkey. The statement is made by the server; before the passkey is asked, it is held against
 * what the page shows and against its own digest, so that nobody signs what they did not see. Throws `ApiProblem` or `NotReached`.
 * @param seen the gate as the page showed it when the button was pressed
 */
export async function signStatement(
  runId: string,
  seen: GateView,
  verdict: Statement["verdict"],
  { reason, inPlaceOf }: Omit<SignWish, "verdict"> = {},
): Promise<Signing> {
  const body = {
    gateId: seen.gateId,
    verdict,
    ...(reason === undefined ? {} : { reason }),
    ...(inPlaceOf === undefined ? {} : { inPlaceOf }),
  };
  const asked = await postJson<Asked<Statement>>(`/api/runs/${runId}/statement`, body);
  const difference = await differenceFrom(asked, runId, seen, { verdict, reason, inPlaceOf });
  if (difference !== undefined) return { signed: false, because: "changed", detail: difference };
  return answerWithPasskey(runId, asked);
}

/** What of a statement is not what the reader saw, in a sentence; undefined where all of it is. */
async function differenceFrom(
  { statement, options }: Asked<Statement>,
  runId: string,
  seen: GateView,
  { verdict, reason, inPlaceOf }: Pick<SignWish, "verdict" | "reason" | "inPlaceOf">,
): Promise<string | undefined> {
  const notAsked = await whyNotAsked({ statement, options });
  if (notAsked !== undefined) return notAsked;
  if (
    statement.verdict !== verdict ||
    statement.reason !== reason ||
    statement.inPlaceOf !== inPlaceOf ||
    statement.gateId !== seen.gateId ||
    statement.runId !== runId
  ) {
    return "The statement is about something else than this button.";
  }
  return evidenceDifference(statement, seen);
}

/** The first criterion that the statement judges otherwise than the page showed. A NO-GO binds no evidence. */
export function evidenceDifference(
  statement: Pick<Statement, "verdict" | "evidence">,
  seen: GateView,
): string | undefined {
  if (statement.verdict === "NO-GO") return undefined;
  for (const criterion of seen.criteria) {
    const signed = statement.evidence.find((evidence) => evidence.criterionId === criterion.id);
    if (!signed) return `“${criterion.title}” is not part of the statement.`;
    if (signed.verdict !== criterion.verdict || (signed.waived !== undefined) !== (criterion.waived !== null)) {
      return `“${criterion.title}” is judged otherwise now.`;
    }
  }
  return undefined;
}
