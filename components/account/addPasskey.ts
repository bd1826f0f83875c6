import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/browser";
import { startRegistration } from "@simplewebauthn/browser";
import { getJson, postJson, wordsOfError } from "../data/apiClient.ts";
import { wordsOfPasskeyTrouble } from "../signIn/signIn.ts";

/** What became of adding a passkey; `words` are for people. */
export type Added = { readonly ok: true } | { readonly ok: false; readonly words: string };

interface Begun {
  readonly challengeId: string;
  readonly options: PublicKeyCredentialCreationOptionsJSON;
}

/** Has this device make a passkey and puts it on record under a name. Never throws. */
export async function addPasskey(name: string): Promise<Added> {
  let begun: Begun;
  try {
    begun = await getJson<Begun>("/api/passkeys");
  } catch (error) {
    return { ok: false, words: wordsOfError(error).message };
  }
  let credential: Awaited<ReturnType<typeof startRegistration>>;
  try {
    credential = await startRegistration({ optionsJSON: begun.options });
  } catch (error) {
    return { ok: false, words: wordsOfPasskeyTrouble(error) };
  }
  try {
    await postJson("/api/passkeys", { challengeId: begun.challengeId, name, credential });
    return { ok: true };
  } catch (error) {
    const { message, todo, fields } = wordsOfError(error);
    return { ok: false, words: [fields.name ?? message, todo].filter(Boolean).join(" ") };
  }
}
