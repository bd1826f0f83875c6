import type { IncomingMessage } from "node:http";
import { request } from "node:http";
import { request as requestByTls } from "node:https";
import { text } from "node:stream/consumers";
import { Failure } from "../../domain/failure.ts";
import type { Digest } from "../../domain/ids.ts";
import { trustAt } from "../link/pinnedTls.ts";

const ANSWER_WITHIN_MS = 15_000;

/** What the server answered by HTTP; `body` is undefined where it was no JSON. */
export interface ServerAnswer {
  readonly status: number;
  /** It did what it was asked for. */
  readonly isOk: boolean;
  readonly body: unknown;
}

/**
 * Posts JSON to the server by HTTP, outside of the link. A redirect is an answer like any other: to follow it would hand what is sent to
 * whoever it names. Throws `notPermitted` when the server can't be reached or is not the pinned one; nothing was sent then.
 *
 * @param tlsPin the server's TLS key; undefined: the system's authorities decide, or there is no TLS
 */
export async function askServer(address: string, body: object, tlsPin: Digest | undefined): Promise<ServerAnswer> {
  const url = new URL(address);
  const trust = await trustAt(url, tlsPin, ANSWER_WITHIN_MS);
  if (!trust.ok) {
    throw new Failure(
      "notPermitted",
      trust.kind === "otherKey" ? trust.because : `${address} can't be reached: ${trust.because}`,
    );
  }
  const said = JSON.stringify(body);
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(said) };
  // A connection of its own: none that was made under another trust is used again.
  const options = { method: "POST", headers, agent: false, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) };
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const asking =
        url.protocol === "https:"
          ? requestByTls(url, { ...options, ...trust.tls }, resolve)
          : request(url, options, resolve);
      asking.once("error", reject);
      asking.end(said);
    });
    const status = response.statusCode ?? 0;
    return { status, isOk: status >= 200 && status < 300, body: readJson(await text(response)) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure("notPermitted", `${address} can't be reached: ${why}`, { cause: error });
  }
}

function readJson(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}
