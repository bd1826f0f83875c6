import { arch, release, type as systemType } from "node:os";
import { resolve } from "node:path";
import { Instant } from "../../../domain/time.ts";
import { AGENT_PROTOCOL, OLDEST_AGENT_PROTOCOL } from "../../../protocol/version.ts";
import type { ActionRegistry } from "../../actions/action.ts";
import { createDirectContext } from "../../process/directContext.ts";
import { AGENT_VERSION } from "../../version.ts";
import { actionsHealth } from "./actions.ts";
import { clockHere } from "./clock.ts";
import { controlGroupsHere } from "./controlGroups.ts";
import { roomHere, stateHere } from "./directories.ts";
import { dmCryptHere } from "./dmCrypt.ts";
import type { DoctorReport, Finding } from "./finding.ts";
import { Subject } from "./finding.ts";
import { coreDumpsHere, isDmCrypt, runKeysHere, secretsHere, swapHere, swapsText } from "./memory.ts";
import { programsHere } from "./programs.ts";
import { approversHere, rulesHere, sshKeygenHere, unknownNames } from "./rules.ts";
import { serverHere } from "./server.ts";

/** All looks together, in ms: a person waits for them. */
const LOOK_WITHIN_MS = 60_000;

/** What of this host is looked at. */
export interface Examined {
  readonly actions: ActionRegistry;
  readonly stateDir: string;
  readonly configFile: string;
  readonly ourUid: number;
  readonly now: () => number;
}

/** Looks at everything that an agent needs on this host. Changes nothing that stays; never throws for what it finds. */
export async function examine(host: Examined): Promise<DoctorReport> {
  const { actions, ourUid, now } = host;
  const stateDir = resolve(host.stateDir);
  const isThere = programsHere();
  const { config, finding } = rulesHere(resolve(host.configFile), ourUid);
  const context = createDirectContext({
    signal: AbortSignal.timeout(LOOK_WITHIN_MS),
    now: () => Instant.parse(now()),
  });
  const { finding: server, skew } = await serverHere(stateDir, config, now);
  const findings: Finding[] = [
    accountHere(ourUid),
    finding,
    ...unknownNames(actions, config),
    approversHere(actions, config),
    ...sshKeygenHere(config, isThere),
    stateHere(stateDir, ourUid),
    await roomHere(stateDir, config),
    runKeysHere(config, ourUid),
    secretsHere(),
    swapHere(swapsText(), isDmCrypt),
    coreDumpsHere(stateDir, isThere),
    controlGroupsHere(),
    ...(await dmCryptHere(config, context)),
    await clockHere(skew, context),
    server,
  ];
  const health = actionsHealth(actions, config, isThere);
  const wanted = health.filter(({ verdict }) => verdict === "missing").flatMap(({ missing }) => missing);
  return {
    format: 1,
    agent: AGENT_VERSION,
    node: process.versions.node,
    protocol: { oldest: OLDEST_AGENT_PROTOCOL, newest: AGENT_PROTOCOL },
    kernel: `${systemType()} ${release()} ${arch()}`,
    findings: findings.sort((a, b) => Subject.options.indexOf(a.subject) - Subject.options.indexOf(b.subject)),
    actions: [...health],
    packages: [...new Set(wanted.map(({ debianPackage }) => debianPackage))].sort(),
    missing_count: [...findings, ...health].filter(({ verdict }) => verdict === "missing").length,
  };
}

/** Most of what an agent does needs root; what it may do is up to agent.yaml. */
function accountHere(ourUid: number): Finding {
  return ourUid === 0
    ? { subject: "account", verdict: "ok", says: "root, as the agent." }
    : {
        subject: "account",
        verdict: "note",
        says: `User ${ourUid}: what follows is true for an agent of this user, and only root can open volumes and stop services.`,
        todo: "For the installed agent: sudo slackwater-agent doctor",
      };
}
