import { readFile } from "node:fs/promises";
import type { CookieJar } from "tough-cookie";
import type { z } from "zod";
import type { JourneyRequest } from "../../../domain/action/httpJourney.ts";
import { httpJourney, SECRET_PLACEHOLDER } from "../../../domain/action/httpJourney.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { Action } from "../action.ts";
import { beginningOf } from "./beginningOf.ts";
import { captured } from "./captured.ts";
import { fillIn } from "./fillIn.ts";

type Args = z.output<typeof httpJourney.args>;
type Result = z.output<typeof httpJourney.result>;

/** How much of an answer is looked at (bytes). */
const BODY_BYTES = 1024 * 1024;

/** `http.journey`. It begins at its beginning after an unknown outcome: what a half one wrote stays, as its `undo` says. */
export const httpJourneyAction: Action<typeof httpJourney.args, typeof httpJourney.result> = {
  spec: httpJourney,
  plan: ({ url, requests }) =>
    requests.map(({ name, method, path, expectStatus }) => ({
      kind: "note",
      text: `${name}: ${method} ${url.replace(/\/+$/, "")}${path}, and expect ${expectStatus}`,
    })),
  run: journey,
  inspect: () => Promise.resolve({ state: "notBegun" }),
};

async function journey(args: Args, context: ActionContext): Promise<Result> {
  // Loaded here: the other actions beside this one keep no cookies.
  const { CookieJar } = await import("tough-cookie");
  const jar = new CookieJar();
  const values = new Map<string, string>();
  const secret = await secretOf(args, context);
  if (secret !== undefined) values.set(SECRET_PLACEHOLDER, secret);
  const took: { name: string; ms: number }[] = [];
  let wrong: { name: string; detail: string } | undefined;
  for (const [index, request] of args.requests.entries()) {
    context.progress({ done: index, total: args.requests.length, unit: "steps", item: request.name });
    const beganMs = performance.now();
    const detail = await send(args, request, { jar, values }, context);
    const ms = performance.now() - beganMs;
    took.push({ name: request.name, ms });
    context.log(`${request.name}: ${detail === "" ? "as expected" : detail}, ${Math.round(ms)} ms`);
    if (detail === "") continue;
    wrong = { name: request.name, detail };
    break;
  }
  const slowest = took.toSorted((a, b) => b.ms - a.ms)[0];
  return {
    ok: wrong === undefined,
    requests_count: took.length,
    failed_name: wrong?.name ?? "",
    detail: wrong?.detail ?? "",
    duration_ms: took.reduce((sum, { ms }) => sum + ms, 0),
    slowest_name: slowest?.name ?? "",
    slowest_ms: slowest?.ms ?? 0,
  };
}

async function secretOf({ secret, secretFile }: Args, context: ActionContext): Promise<string | undefined> {
  if (secretFile !== "") {
    const bytes = await readFile(secretFile);
    // Whoever shows it, in a mistake of the service's, shows stars.
    context.guard(Buffer.from(bytes.toString("utf8").trim()));
    return bytes.toString("utf8").trim();
  }
  return secret === "" ? undefined : context.secret(secret).toString("utf8").trim();
}

/** Sends one request, and takes from its answer what later ones need; says what was not as expected, or nothing. */
async function send(
  args: Args,
  request: JourneyRequest,
  { jar, values }: { readonly jar: CookieJar; readonly values: Map<string, string> },
  context: ActionContext,
): Promise<string> {
  const { url, headers, body } = fillIn(args.url, request, values);
  if (new URL(url).origin !== new URL(args.url).origin) {
    throw new Failure("outsideAllowedRoots", `"${request.name}" leads to another address than the journey's.`);
  }
  const cookie = jar.getCookieStringSync(url);
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: { ...headers, ...(cookie === "" ? {} : { cookie }) },
      ...(body === undefined ? {} : { body }),
      redirect: "manual",
      signal: AbortSignal.any([context.signal, AbortSignal.timeout(args.timeoutMs)]),
    });
    const text = await beginningOf(response, BODY_BYTES);
    for (const one of response.headers.getSetCookie()) jar.setCookieSync(one, url, { ignoreError: true });
    if (response.status !== request.expectStatus) return `${response.status}, not ${request.expectStatus}`;
    if (request.contains !== "" && !text.includes(request.contains)) return `without "${request.contains}"`;
    for (const [name, where] of Object.entries(request.capture)) {
      const value = captured(where, response.headers, text);
      if (value === undefined) return `nothing at ${where} to take as ${name}`;
      values.set(name, value);
    }
    return "";
  } catch (error) {
    context.signal.throwIfAborted();
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return (cause instanceof Error ? cause.message : String(cause)).slice(0, 400);
  }
}
