import { startAuthentication } from "@simplewebauthn/browser";
import { postJson, wordsOfError } from "../data/apiClient.ts";
import { wordsOfPasskeyTrouble } from "../signIn/signIn.ts";

/** What became of confirming somebody's passkey; `words` are for people. */
export type Confirmed = { readonly ok: true } | { readonly ok: false; readonly words: string };

interface Asked {
  readonly challengeId: string;
  readonly options: Parameters<typeof startAuthentication>[0]["optionsJSON"];
}

/** Confirms a passkey that was made anew, with the reader's own. Never throws. */
export async function confirmPasskey(passkeyId: string): Promise<Confirmed> {
  let asked: Asked;
  try {
    asked = await postJson<Asked>("/api/passkeys/confirmations", { passkeyId });
  } catch (error) {
    return refused(error);
  }
  let credential: Awaited<ReturnType<typeof startAuthentication>>;
  try {
    credential = await startAuthentication({ optionsJSON: asked.options });
  } catch (error) {
    return { ok: false, words: wordsOfPasskeyTrouble(error) };
  }
  try {
    await postJson("/api/passkeys/confirmations/signed", { challengeId: asked.challengeId, credential });
    return { ok: true };
  } catch (error) {
    return refused(error);
  }
}

function refused(error: unknown): Confirmed {
  const { message, todo } = wordsOfError(error);
  return { ok: false, words: [message, todo].filter(Boolean).join(" ") };
}
