import { browserSupportsWebAuthn, startAuthentication, WebAuthnError } from "@simplewebauthn/browser";

/** What became of trying to sign in. `field` names the input that the words belong to. */
export type SignInOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly words: string; readonly field?: "password" };

/** Signs in with e-mail and password. Never throws: every trouble is an outcome with words for people. */
export async function signInByPassword(email: string, password: string): Promise<SignInOutcome> {
  const answer = await post("/api/auth/sign-in/email", { email, password });
  if (answer === undefined) return NOT_REACHED;
  if (answer.ok) return { ok: true };
  if (answer.status === 429) return tooMany(answer);
  if (answer.status >= 500) return BROKEN;
  // The server says the same for an unknown e-mail and a wrong password, and so does the page.
  return { ok: false, field: "password", words: "E-mail and password don't fit. Look at both and try again." };
}

/** True where this browser can use passkeys at all. Browser only. */
export function canUsePasskeys(): boolean {
  return browserSupportsWebAuthn();
}

/**
 * Signs in with a passkey of this device. Never throws.
 * @param under another host name of this server, whose passkeys are asked for; absent: that of this page
 */
export async function signInByPasskey(under?: string): Promise<SignInOutcome> {
  const begun = await post("/api/auth/passkey/begin", under === undefined ? {} : { rpId: under });
  if (begun === undefined) return NOT_REACHED;
  if (begun.status === 429) return tooMany(begun);
  if (!begun.ok) return BROKEN;
  const { challengeId, options } = await begun.json();
  try {
    const credential = await startAuthentication({ optionsJSON: options });
    const finished = await post("/api/auth/passkey/finish", { challengeId, credential });
    if (finished === undefined) return NOT_REACHED;
    if (finished.ok) return { ok: true };
    if (finished.status === 429) return tooMany(finished);
    if (finished.status >= 500) return BROKEN;
    return {
      ok: false,
      words: "That passkey is not known here. Sign in with your password and add it under Account.",
    };
  } catch (error) {
    return { ok: false, words: wordsOfPasskeyTrouble(error) };
  }
}

/** What the browser said about a passkey that gave no answer, in words. */
export function wordsOfPasskeyTrouble(error: unknown): string {
  const name = error instanceof WebAuthnError ? error.code : error instanceof Error ? error.name : "";
  switch (name) {
    case "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED":
    case "InvalidStateError":
      return "This device holds a passkey for you already.";
    case "ERROR_CEREMONY_ABORTED":
    case "AbortError":
    case "NotAllowedError":
      return "No passkey answered. It was called off, took too long, or there is none for this site on this device.";
    case "ERROR_INVALID_DOMAIN":
    case "ERROR_INVALID_RP_ID":
    case "SecurityError":
      return "Passkeys don't work under this address. Open Slackwater by the address it was set up with.";
    default:
      return "The browser could not use a passkey. Sign in with your password.";
  }
}

const NOT_REACHED: SignInOutcome = { ok: false, words: "The server could not be reached. Nothing was sent twice." };
const BROKEN: SignInOutcome = { ok: false, words: "The server failed at it. Try again; its log says more." };

function tooMany(answer: Response): SignInOutcome {
  const seconds = Number(answer.headers.get("x-retry-after") ?? answer.headers.get("retry-after"));
  const wait = Number.isFinite(seconds) && seconds > 0 ? `in ${Math.ceil(seconds)} s` : "in a minute";
  return { ok: false, words: `Too many tries from your address. Try again ${wait}; your password is not locked.` };
}

async function post(path: string, body: unknown): Promise<Response | undefined> {
  try {
    return await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    return undefined;
  }
}
