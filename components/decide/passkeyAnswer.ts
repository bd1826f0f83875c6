import { startAuthentication } from "@simplewebauthn/browser";
import { statementText } from "../../domain/decision/digests.ts";
import type { SilenceStatement } from "../../domain/decision/silenceStatement.ts";
import type { Statement } from "../../domain/decision/statement.ts";
import { postJson } from "../data/apiClient.ts";

/** What the server answers to whoever wants to sign: the statement, and the question for the passkey. */
export interface Asked<Signed extends Statement | SilenceStatement> {
  readonly challengeId: string;
  readonly options: Parameters<typeof startAuthentication>[0]["optionsJSON"];
  readonly statement: Signed;
}

/** How a signing ended: signed up to a sequence number, or not, and why. */
export type Signing =
  | { readonly signed: true; readonly seq: number }
  /** What would be signed is not what the reader saw: they look again first. */
  | { readonly signed: false; readonly because: "changed"; readonly detail: string }
  | { readonly signed: false; readonly because: "cancelled" };

/** Why the question for the passkey is not about the statement, in a sentence; undefined where it is. */
export async function whyNotAsked({
  statement,
  options,
}: Pick<Asked<Statement | SilenceStatement>, "statement" | "options">): Promise<string | undefined> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(statementText(statement)));
  return options.challenge === base64url(new Uint8Array(digest))
    ? undefined
    : "The question for the passkey is not the statement's digest.";
}

/** Has the passkey sign, and brings the signature to the run. Throws `ApiProblem` or `NotReached`. */
export async function answerWithPasskey(
  runId: string,
  { challengeId, options }: Pick<Asked<Statement>, "challengeId" | "options">,
): Promise<Signing> {
  let credential: Awaited<ReturnType<typeof startAuthentication>>;
  try {
    credential = await startAuthentication({ optionsJSON: options });
  } catch (error) {
    // The person closed the passkey's window, or it ran into its time limit: nothing was signed.
    if (error instanceof Error && (error.name === "NotAllowedError" || error.name === "AbortError")) {
      return { signed: false, because: "cancelled" };
    }
    throw error;
  }
  const { seq } = await postJson<{ seq: number }>(`/api/runs/${runId}/decision`, { challengeId, credential });
  return { signed: true, seq };
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
