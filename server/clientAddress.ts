import type { IncomingMessage } from "node:http";
import { CLIENT_ADDRESS_HEADER } from "./identity/auth.ts";

/** Headers in which a client could claim to be somebody else: rate limits and records would believe them. */
const CLAIMS = [
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
  "forwarded",
  CLIENT_ADDRESS_HEADER,
];

/** Replaces what a client claims about its address by what the connection says. */
export function stampClientAddress(request: IncomingMessage): void {
  for (const name of CLAIMS) delete request.headers[name];
  request.headers[CLIENT_ADDRESS_HEADER] = request.socket.remoteAddress ?? "unknown";
}
