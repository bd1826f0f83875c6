import { Failure } from "../../domain/failure.ts";

const SCHEMES: ReadonlyMap<string, string> = new Map([
  ["http:", "ws:"],
  ["ws:", "ws:"],
  ["https:", "wss:"],
  ["wss:", "wss:"],
]);

/** The addresses that one server is reached at. */
export interface ServerAddress {
  /** The websocket of agents. */
  readonly link: string;
  /** Where a token is handed in. */
  readonly enrol: string;
  /** Where a host takes itself off the list. */
  readonly leave: string;
  /** Where a host gets another key. */
  readonly rotate: string;
}

/**
 * Reads the server's address as the host owner gives it. Without TLS everything that travels can be read and changed on the way,
 * so a plain address is refused (`notPermitted`) unless it is this machine itself or agent.yaml says `allowInsecureLink: true`.
 */
export function serverAddress(server: string, allowInsecureLink: boolean): ServerAddress {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  const scheme = url === undefined ? undefined : SCHEMES.get(url.protocol);
  if (url === undefined || scheme === undefined || url.username !== "" || url.password !== "") {
    throw new Failure(
      "argumentsInvalid",
      `${JSON.stringify(server)} is not an address such as https://slackwater.example`,
    );
  }
  if (scheme === "ws:" && !isLoopback(url.hostname) && !allowInsecureLink) {
    throw new Failure(
      "notPermitted",
      `${url.origin} is not encrypted. Use https, or say allowInsecureLink: true in agent.yaml if you know that nobody listens.`,
    );
  }
  const base = `//${url.host}${url.pathname.replace(/\/+$/, "")}`;
  const api = `${scheme === "wss:" ? "https:" : "http:"}${base}/api/agents`;
  return { link: `${scheme}${base}/agent`, enrol: `${api}/enrol`, leave: `${api}/leave`, rotate: `${api}/rotate` };
}

/** True for an address that is reached by TLS. */
export function isByTls(server: string): boolean {
  return SCHEMES.get(new URL(server).protocol) === "wss:";
}

/** Only literal addresses and the reserved name: any other name is whatever a resolver says it is today. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
