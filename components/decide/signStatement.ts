import { startAuthentication } from "@simplewebauthn/browser";
import { statementText } from "../../domain/decision/digests.ts";
import type { Statement } from "../../domain/decision/statement.ts";
import type { GateView } from "../../protocol/http/gates.ts";
import { postJson } from "../data/apiClient.ts";

/** What POST /statement answers: the statement, and the question for the passkey. */
interface AskedStatement {
  readonly challengeId: string;
  readonly options: Parameters<typeof startAuthentication>[0]["optionsJSON"];
  readonly statement: Statement;
}

/** How a signing ended: signed up to a sequence number, or not, and why. */
export type Signing =
  | { readonly signed: true; readonly seq: number }
  /** What would be signed is not what the reader saw: they look again first. */
  | { readonly signed: false; readonly because: "changed"; readonly detail: string }
  | { readonly signed: false; readonly because: "cancelled" };

/**
 * Signs a verdict with the reader's passkey. The statement is made by the server; before the passkey is asked, it is held against
 * what the page shows and against its own digest, so that nobody signs what they did not see. Throws `ApiProblem` or `NotReached`.
 * @param seen the gate as the page showed it when the button was pressed
 * @param reason why the glass is broken, without blanks around it; for that verdict alone
 */
export async function signStatement(
  runId: string,
  seen: GateView,
  verdict: Statement["verdict"],
  reason?: string,
): Promise<Signing> {
  const body = { gateId: seen.gateId, verdict, ...(reason === undefined ? {} : { reason }) };
  const asked = await postJson<AskedStatement>(`/api/runs/${runId}/statement`, body);
  const difference = await differenceFrom(asked, runId, seen, { verdict, reason });
  if (difference !== undefined) return { signed: false, because: "changed", detail: difference };
  let credential: Awaited<ReturnType<typeof startAuthentication>>;
  try {
    credential = await startAuthentication({ optionsJSON: asked.options });
  } catch (error) {
    // The person closed the passkey's window, or it ran into its time limit: nothing was signed.
    if (error instanceof Error && (error.name === "NotAllowedError" || error.name === "AbortError")) {
      return { signed: false, because: "cancelled" };
    }
    throw error;
  }
  const { seq } = await postJson<{ seq: number }>(`/api/runs/${runId}/decision`, {
    challengeId: asked.challengeId,
    credential,
  });
  return { signed: true, seq };
}

/** What of a statement is not what the reader saw, in a sentence; undefined where all of it is. */
async function differenceFrom(
  { statement, options }: AskedStatement,
  runId: string,
  seen: GateView,
  { verdict, reason }: { readonly verdict: Statement["verdict"]; readonly reason: string | undefined },
): Promise<string | undefined> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(statementText(statement)));
  if (options.challenge !== base64url(new Uint8Array(digest))) {
    return "The question for the passkey is not the statement's digest.";
  }
  if (
    statement.verdict !== verdict ||
    statement.reason !== reason ||
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

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
