import type { z } from "zod";
import { Problem } from "../../../protocol/http/problem.ts";
import { UsageFailure } from "../report.ts";

/** How long the server may take to answer (ms): it waits ten seconds itself for the run's engine. */
const ANSWER_WITHIN_MS = 30_000;

/** Somebody who is signed in at a server. The session is in this object and nowhere else. */
export interface ServerSession {
  /** Throws an Error with the server's own words, and what to do, for every answer that is no success. */
  get<Schema extends z.ZodType>(path: string, answer: Schema): Promise<z.output<Schema>>;
  post<Schema extends z.ZodType>(path: string, body: unknown, answer: Schema): Promise<z.output<Schema>>;
  remove(path: string): Promise<void>;
  /** Ends the session. Never throws: it would end by itself. */
  signOut(): Promise<void>;
}

/**
 * The address that a person typed, as an origin. A password over plain HTTP could be read on the way, so it goes over HTTPS, or to this
 * machine itself.
 * @throws UsageFailure
 */
export function serverOrigin(typed: string): string {
  const url = URL.parse(typed);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new UsageFailure(
      `"${typed}" is no address of a server. Say it as in the browser: https://slackwater.example.org`,
    );
  }
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname) || url.hostname.endsWith(".localhost");
  if (url.protocol === "http:" && !isHere) {
    throw new UsageFailure(
      `${url.origin} is plain HTTP: your password could be read on the way. Use its https address.`,
    );
  }
  return url.origin;
}

/** Signs in with e-mail and password. Throws an Error in words. */
export async function signIn(
  origin: string,
  person: { readonly email: string; readonly password: string },
): Promise<ServerSession> {
  // Signing in and out asks where it comes from, as of a page; the rest of the API asks that of pages alone.
  const fromHere = { origin };
  const response = await send(origin, "/api/auth/sign-in/email", {
    method: "POST",
    body: JSON.stringify(person),
    headers: fromHere,
  });
  if (response.status === 401) throw new Error("This e-mail address and password don't fit. Nothing was done.");
  if (response.status === 403) {
    throw new Error(
      `The server does not know itself as ${origin}. Use the address that you type in the browser (APP_URL).`,
    );
  }
  if (response.status === 429) throw new Error("Too many attempts to sign in. Wait a minute, then try again.");
  if (!response.ok) throw new Error(await wordsOf(response));
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(";", 1)[0])
    .join("; ");
  const answered = async (path: string, init: RequestInit): Promise<Response> => {
    const answer = await send(origin, path, { ...init, headers: { cookie } });
    if (!answer.ok) throw new Error(await wordsOf(answer));
    return answer;
  };
  const call = async <Schema extends z.ZodType>(path: string, init: RequestInit, schema: Schema) => {
    const answer = await answered(path, init);
    const read = schema.safeParse(await answer.json().catch(() => undefined));
    if (read.success) return read.data;
    throw new Error(
      `${origin}${path} answered something that this version does not know. Use the server's own version of slackwater.`,
    );
  };
  return {
    get: (path, schema) => call(path, {}, schema),
    post: (path, body, schema) => call(path, { method: "POST", body: JSON.stringify(body) }, schema),
    remove: async (path) => void (await answered(path, { method: "DELETE" })),
    async signOut() {
      await send(origin, "/api/auth/sign-out", { method: "POST", body: "{}", headers: { ...fromHere, cookie } }).catch(
        () => undefined,
      );
    },
  };
}

async function send(origin: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`${origin}${path}`, {
      ...init,
      headers: { ...(init.body === undefined ? {} : { "content-type": "application/json" }), ...init.headers },
      // A password and a session are for this server alone.
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
  } catch (error) {
    throw new Error(
      `${origin} can't be reached: ${causeOf(error)}. Is the address right, and is its certificate one that Node knows (NODE_EXTRA_CA_CERTS)?`,
      { cause: error },
    );
  }
}

/** fetch says "fetch failed"; why stands in its cause. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** What the server says of a request that it did not serve, and what to do. */
async function wordsOf(response: Response): Promise<string> {
  const problem = Problem.safeParse(await response.json().catch(() => undefined));
  if (!problem.success)
    return `The server answered ${response.status}. Try again in a moment; look at its log if it stays.`;
  const { message, todo, fields } = problem.data;
  return [message, ...Object.entries(fields ?? {}).map(([field, what]) => `${field}: ${what}`), todo ?? ""]
    .filter((part) => part !== "")
    .join(" ");
}
