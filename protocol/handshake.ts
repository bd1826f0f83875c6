import type { HostId, RunId } from "../domain/ids.ts";

/**
 * The exact words that the two sides sign when they meet. Each opens with its own name, so that a signature made for one purpose
 * is worth nothing for another, and its parts are joined by NUL, which none of them can contain. Signatures are Ed25519 over the
 * UTF-8 bytes of these texts.
 */
const join = (...parts: readonly string[]): string => parts.join("\0");

/** What the agent signs in its hello. Nonces are 32 random bytes each, in base64 as they travel. */
export function helloText(parts: {
  serverNonce: string;
  agentNonce: string;
  hostId: HostId;
  machineId: string;
}): string {
  return join("slackwater-hello/1", parts.serverNonce, parts.agentNonce, parts.hostId, parts.machineId);
}

/** What the server signs in its welcome: both nonces, so that neither an old welcome nor another agent's fits. */
export function welcomeText(parts: { serverNonce: string; agentNonce: string; hostId: HostId }): string {
  return join("slackwater-welcome/1", parts.serverNonce, parts.agentNonce, parts.hostId);
}

/** What a host signs to be taken off the server's list. `at` in ms since 1970: an old one is worth nothing. */
export function leaveText(parts: { hostId: HostId; at: number }): string {
  return join("slackwater-leave/1", parts.hostId, String(parts.at));
}

/**
 * What a host signs twice to get another key: with the old one, which shows that it may, and with the new one, which shows that it
 * has it. `at` in ms since 1970: an old one is worth nothing.
 */
export function rotateText(parts: { hostId: HostId; at: number; newKey: string }): string {
  return join("slackwater-rotate/1", parts.hostId, String(parts.at), parts.newKey);
}

/** What the agent signs to say that an age recipient is its own, made for this run. */
export function runKeyText(parts: { runId: RunId; recipient: string }): string {
  return join("slackwater-run-key/1", parts.runId, parts.recipient);
}
