import { settingText } from "../../domain/throttle/settingText.ts";
import type { AgentStatus } from "./controlMessages.ts";

/** How the agent stands, for a terminal. */
export function statusText(status: AgentStatus, now: number): string {
  const { link, held } = status;
  const since = `since ${new Date(link.since).toISOString()}`;
  const skew =
    link.clockSkewMs === undefined ? "" : `, clock off by ${(Math.abs(link.clockSkewMs) / 1000).toFixed(1)} s`;
  const lines = [
    `host      ${status.hostId}  agent ${status.version}`,
    `this key  ${status.hostWords}`,
    `server    ${status.server}`,
    `its key   ${status.serverWords}`,
    `tls key   ${linkKeyText(status.linkKey)}`,
    `link      ${link.state} ${since}${skew}${link.because === undefined ? "" : `: ${link.because}`}`,
    held === undefined
      ? "begins    what is ordered and decided"
      : `begins    nothing: held for ${inMinutes(now - held.since)}, ${held.reason || "no reason given"}`,
  ];
  for (const task of status.tasks) {
    lines.push(`task      ${task.taskId} ${task.action} ${task.running ? "running" : "ended, not yet delivered"}`);
    if (task.throttle === undefined) continue;
    const { setting, from, because } = task.throttle;
    lines.push(
      `throttle  ${settingText(setting)}, by the ${from}${because === undefined ? "" : `; rests: ${because}`}`,
    );
  }
  if (status.tasks.length === 0) lines.push("task      none");
  for (const { verdict, gateId, approver, words } of status.decisions) {
    lines.push(`decision  ${verdict} at ${gateId} by ${approver}: ${words}`);
  }
  for (const { runId, isOurs, turns, joined, refused } of status.local) {
    const how = isOurs ? "carried on by this host" : "given back";
    const record = refused ? "REFUSED by the server" : `${joined} of ${turns} turns on the server's record`;
    lines.push(`local     run ${runId}: ${how}, ${record}`);
  }
  for (const { runId, title, events, folder } of status.packs) {
    lines.push(`pack      run ${runId} (${title}), ${events} events: ${folder}`);
  }
  return lines.join("\n");
}

function linkKeyText(linkKey: AgentStatus["linkKey"]): string {
  switch (linkKey.kind) {
    case "pinned":
      return linkKey.words;
    case "unpinned":
      return "none pinned: whoever this system's certificate authorities vouch for. To pin it: slackwater-agent trust server";
    case "plain":
      return "none pinned: plain HTTP";
    default:
      return linkKey satisfies never;
  }
}

function inMinutes(ms: number): string {
  return `${Math.max(0, Math.round(ms / 60_000))} min`;
}
