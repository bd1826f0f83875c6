import type { IncomingMessage, ServerResponse } from "node:http";
import type { Problem } from "../protocol/http/problem.ts";

/** Largest body of a request in bytes: a runbook of 200,000 characters with every one of them escaped, and room. */
export const MAX_BODY_BYTES = 2 * 1024 * 1024;

/**
 * Refuses a body that is too large, or that does not say how large it is, before any of it is read: a route reads a body into memory
 * as a whole, also for somebody who has not signed in. True where it answered.
 */
export function refuseBody(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.headers["transfer-encoding"] !== undefined) {
    return refuse(response, 411, "A body must come with its length.", "Send a content-length header.");
  }
  const lengthBytes = Number(request.headers["content-length"] ?? 0);
  if (lengthBytes <= MAX_BODY_BYTES) return false;
  return refuse(
    response,
    413,
    `The body has ${lengthBytes} bytes; ${MAX_BODY_BYTES} are taken.`,
    "Send less at a time.",
  );
}

function refuse(response: ServerResponse, status: number, message: string, todo: string): true {
  const problem: Problem = { code: "bodyInvalid", message, todo };
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify(problem));
  return true;
}
