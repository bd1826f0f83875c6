import { resolve } from "node:path";
import { Failure } from "../../../domain/failure.ts";
import type { AgentConfig } from "../../config.ts";
import type { Enrolment } from "../../enrol/enrolment.ts";
import { readEnrolment } from "../../enrol/enrolment.ts";
import { serverAddress } from "../../link/serverAddress.ts";
import { statePaths } from "../../stateDirectory.ts";
import { askAgent } from "../askAgent.ts";
import type { AgentStatus } from "../controlMessages.ts";
import type { Finding } from "./finding.ts";

const ANSWER_WITHIN_MS = 5000;
/** A Date header is cut to whole seconds. */
const DATE_UNSURE_MS = 1500;

/** How the host stands to its server, and what was learnt of the server's clock on the way. */
export interface ServerSeen {
  readonly finding: Finding;
  readonly skew?: { readonly ms: number; readonly unsureMs: number };
}

/** Asks the agent how its link stands; where none runs, or it has no link, the server itself whether it answers. */
export async function serverHere(stateDir: string, config: AgentConfig, now: () => number): Promise<ServerSeen> {
  const missing = (says: string, todo: string): ServerSeen => ({
    finding: { subject: "server", verdict: "missing", says, todo },
  });
  try {
    const enrolment = readEnrolment(resolve(stateDir));
    if (enrolment === undefined) {
      return missing(
        "This host is not enrolled: it belongs to no server.",
        "slackwater-agent enroll --server URL --token TOKEN, both from the Hosts page.",
      );
    }
    return await enrolledHere(enrolment, stateDir, config, now);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    return missing(because, "Put it right as it says, then ask again.");
  }
}

async function enrolledHere(
  enrolment: Enrolment,
  stateDir: string,
  config: AgentConfig,
  now: () => number,
): Promise<ServerSeen> {
  // Throws for an address that would not be used.
  serverAddress(enrolment.server, config.allowInsecureLink);
  const status = await agentStatus(stateDir);
  if (status?.link.state === "connected") {
    const { clockSkewMs } = status.link;
    const finding: Finding = {
      subject: "server",
      verdict: "ok",
      says: `Connected to ${enrolment.server} since ${new Date(status.link.since).toISOString()}.`,
    };
    return clockSkewMs === undefined ? { finding } : { finding, skew: { ms: clockSkewMs, unsureMs: 0 } };
  }
  const asked = await askDirectly(enrolment.server, now);
  const skew = asked.dateMs === undefined ? {} : { skew: { ms: asked.dateMs - now(), unsureMs: DATE_UNSURE_MS } };
  return {
    finding: { subject: "server", verdict: "missing", ...unlinked(enrolment.server, status, asked.says) },
    ...skew,
  };
}

function unlinked(server: string, status: AgentStatus | undefined, answers: string): Pick<Finding, "says" | "todo"> {
  if (status === undefined) {
    return {
      says: `No agent runs here, so nothing can be ordered; ${server} ${answers}.`,
      todo: "systemctl start slackwater-agent (without systemd: slackwater-agent run)",
    };
  }
  const { state, because = "it does not say why" } = status.link;
  return {
    says: `${state === "refused" ? "Refused" : "Not connected"}: ${because}. ${server} ${answers}.`,
    todo: "docs/operating/add-a-host.md, “When it does not connect”, says what each reason means.",
  };
}

/** Undefined where no agent runs. */
async function agentStatus(stateDir: string): Promise<AgentStatus | undefined> {
  try {
    return await askAgent(statePaths(resolve(stateDir)).control, { command: "status" });
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** Whether anybody answers at the server's address, and by which clock. Says nothing of who it is: that the link finds out. */
async function askDirectly(
  server: string,
  now: () => number,
): Promise<{ readonly says: string; readonly dateMs?: number }> {
  try {
    const beganAt = now();
    const { status, headers } = await fetch(server.replace(/^ws/, "http"), {
      method: "HEAD",
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const date = Date.parse(headers.get("date") ?? "");
    // Read half-way of the answer, and in the middle of the second that the header was cut to.
    const dateMs = date + 500 + (now() - beganAt) / 2;
    const says = status < 500 ? "answers" : `answers with ${status}`;
    return Number.isNaN(date) ? { says } : { says, dateMs };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    return { says: `does not answer (${why})` };
  }
}
