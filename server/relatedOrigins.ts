import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Answers /.well-known/webauthn: the pages that may use passkeys of the name that is asked. While the host name is moved, a browser that
 * knows related origins (WebAuthn level 3) lets a page of the new name use passkeys that were made under the old one. True for its own
 * address.
 */
export function answerRelatedOrigins(
  origins: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (request.method !== "GET" && request.method !== "HEAD") return false;
  if (request.url?.split("?", 1)[0] !== "/.well-known/webauthn") return false;
  const body = JSON.stringify({ origins });
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(request.method === "HEAD" ? undefined : body);
  return true;
}
