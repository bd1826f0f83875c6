import type { IncomingMessage, ServerResponse } from "node:http";
import { coversScope } from "../domain/identity/tokenScope.ts";
import { bearerOf } from "../protocol/http/bearer.ts";
import type { Problem } from "../protocol/http/problem.ts";
import type { MetricsAccess } from "./config.ts";
import type { SignedIn } from "./identity/actor.ts";
import { CLIENT_ADDRESS_HEADER } from "./identity/auth.ts";
import type { TokenRefusal } from "./identity/tokens.ts";
import type { Metrics } from "./metrics.ts";
import type { Readiness } from "./readiness.ts";
import { isLoopbackAddress } from "./trustedProxies.ts";

/** What a process is asked by those who watch it, answered before any page. */
export interface ProbesOptions {
  readonly metrics: Metrics;
  readonly readiness: () => Promise<Readiness>;
  readonly access: MetricsAccess;
  readonly personOfToken: (token: string) => Promise<SignedIn | TokenRefusal>;
}

/** Takes requests for /healthz, /readyz and /metrics; false for everything else. */
export function createProbes(options: ProbesOptions): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { metrics, readiness, access } = options;
  const routes: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<void>>> = {
    "/healthz": async (_, response) => sendJson(response, 200, { status: "alive" }),
    "/readyz": async (_, response) => {
      const now = await readiness();
      sendJson(response, now.ready ? 200 : 503, now);
    },
    "/metrics": async (request, response) => {
      const refusal = await refusalOf(request, options);
      if (refusal) return sendJson(response, ...refusal);
      const { type, text } = await metrics.render();
      response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(text);
    },
  };
  return (request, response) => {
    const path = request.url?.split("?", 1)[0] ?? "";
    const answer = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (answer === undefined || (path === "/metrics" && access === "off")) return false;
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end();
      return true;
    }
    answer(request, response).catch(() =>
      sendJson(response, 503, {
        code: "unavailable",
        message: "This can't be told now.",
        todo: "Try again in a moment.",
      }),
    );
    return true;
  };
}

/** Why a request for the metrics is refused; undefined where it is served. */
async function refusalOf(
  request: IncomingMessage,
  { access, personOfToken }: ProbesOptions,
): Promise<readonly [status: number, problem: Problem] | undefined> {
  const token = bearerOf(request.headers.authorization);
  if (token !== undefined) {
    const person = await personOfToken(token);
    if (typeof person !== "string" && coversScope(person.token?.scope ?? "read", "read")) return undefined;
    const what = person === "unknown" ? "is not known here" : person === "expired" ? "has expired" : "was revoked";
    return [401, { code: "notSignedIn", message: `This token ${what}.`, todo: "Make another on the account page." }];
  }
  const client = request.headers[CLIENT_ADDRESS_HEADER];
  if (access === "loopback" && typeof client === "string" && isLoopbackAddress(client)) return undefined;
  return [
    401,
    {
      code: "notSignedIn",
      message: "Metrics are for those who have a token of the scope read.",
      todo: "Send it as Authorization: Bearer, or set METRICS=loopback for whoever asks from this machine.",
    },
  ];
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) {
    response.end();
    return;
  }
  const headers = status === 401 ? { "www-authenticate": "Bearer" } : {};
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers });
  response.end(JSON.stringify(body));
}
