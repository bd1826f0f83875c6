import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { CLIENT_ADDRESS_HEADER } from "./identity/auth.ts";
import type { IsProxy } from "./trustedProxies.ts";
import { plainAddress } from "./trustedProxies.ts";

/** Headers in which a client could claim to be somebody else: rate limits and records would believe them. */
const CLAIMS = [
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
  "forwarded",
  CLIENT_ADDRESS_HEADER,
];

/**
 * Replaces what a client claims about its address by what the connection says, or, where the peer is a named proxy, by what that proxy
 * says of whoever asked it.
 */
export function stampClientAddress(request: IncomingMessage, isProxy: IsProxy = () => false): void {
  const peer = plainAddress(request.socket.remoteAddress);
  const told = isProxy(peer)
    ? { from: request.headers["x-forwarded-for"], scheme: request.headers["x-forwarded-proto"] }
    : undefined;
  for (const name of CLAIMS) delete request.headers[name];
  request.headers[CLIENT_ADDRESS_HEADER] = clientBehind(told?.from, isProxy) ?? peer;
  if (told?.scheme === "https") request.headers["x-forwarded-proto"] = "https";
}

/** Each proxy adds its peer at the end, so that only what stands behind the last named ones is true: what a client wrote stands before. */
function clientBehind(header: string | readonly string[] | undefined, isProxy: IsProxy): string | undefined {
  const told = [header ?? []].flat().join(",").split(",");
  const addresses = told.map((part) => plainAddress(part.trim()));
  const client = addresses.findLast((address) => !isProxy(address));
  return client !== undefined && isIP(client) !== 0 ? client : undefined;
}
