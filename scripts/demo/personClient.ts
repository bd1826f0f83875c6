import { z } from "zod";
import type { Verdict } from "../../domain/decision/statement.ts";
import type { Order } from "../../domain/run/intents.ts";
import type { RunReader, RunView } from "../../protocol/http/runs.ts";
import type { SoftwarePasskey } from "./softwarePasskey.ts";

const Refusal = z.object({
  message: z.string(),
  todo: z.string().optional(),
  fields: z.record(z.string(), z.string()).optional(),
});
const Challenge = z.object({ challengeId: z.string(), options: z.object({ challenge: z.string() }) });
const Registration = z.object({ challengeId: z.string(), options: z.looseObject({ challenge: z.string() }) });

/** One signed-in person, who uses the same HTTP API as the pages. */
export interface PersonClient {
  readonly name: string;
  get<T>(path: string): Promise<T>;
  /** The body of an answer as text: a file to save. */
  getText(path: string): Promise<string>;
  post<T>(path: string, body: unknown): Promise<T>;
  run(runId: string): Promise<{ run: RunView; reader: RunReader }>;
  order(runId: string, order: Order): Promise<void>;
  registerPasskey(passkey: SoftwarePasskey): Promise<void>;
  /** Signs a verdict at a gate; a broken glass with the reason for it. */
  decide(runId: string, gateId: string, verdict: Verdict, passkey: SoftwarePasskey, reason?: string): Promise<void>;
}

/** Signs in with e-mail and password. Throws with the server's own words when anything is refused. */
export async function signIn(
  appUrl: string,
  person: { name: string; email: string; password: string },
): Promise<PersonClient> {
  const signedIn = await fetch(`${appUrl}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: appUrl },
    body: JSON.stringify({ email: person.email, password: person.password }),
  });
  if (!signedIn.ok) throw new Error(`${person.email} could not sign in: ${signedIn.status} ${await signedIn.text()}`);
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  return personClient(appUrl, person.name, cookie);
}

/** Someone who is signed in already, by their session's cookie: a browser's, for example. */
export function personClient(appUrl: string, name: string, cookie: string): PersonClient {
  async function call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${appUrl}${path}`, {
      method,
      headers: { cookie, origin: appUrl, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: T = await response.json();
    if (response.ok) return answer;
    const refusal = Refusal.safeParse(answer);
    const why = refusal.success
      ? [refusal.data.message, refusal.data.todo, refusal.data.fields && JSON.stringify(refusal.data.fields)]
          .filter(Boolean)
          .join(" ")
      : JSON.stringify(answer).slice(0, 500);
    throw new Error(`${method} ${path}: ${response.status} ${why}`);
  }

  const client: PersonClient = {
    name,
    get: (path) => call("GET", path),
    getText: async (path) => {
      const response = await fetch(`${appUrl}${path}`, { headers: { cookie } });
      if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
      return response.text();
    },
    post: (path, body) => call("POST", path, body),
    run: (runId) => call("GET", `/api/runs/${runId}`),
    order: async (runId, order) => {
      const { run } = await client.run(runId);
      await call("POST", `/api/runs/${runId}/orders`, { order, afterSeq: run.seq });
    },
    registerPasskey: async (passkey) => {
      const { challengeId, options } = Registration.parse(await call("GET", "/api/passkeys"));
      const credential = passkey.register(options.challenge);
      await call("POST", "/api/passkeys", { challengeId, name: "Software passkey", credential, software: true });
    },
    decide: async (runId, gateId, verdict, passkey, reason = "") => {
      const asked = Challenge.parse(await call("POST", `/api/runs/${runId}/statement`, { gateId, verdict, reason }));
      const credential = passkey.assert(asked.options.challenge);
      await call("POST", `/api/runs/${runId}/decision`, { challengeId: asked.challengeId, credential });
    },
  };
  return client;
}
