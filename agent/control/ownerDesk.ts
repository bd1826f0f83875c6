import { Failure } from "../../domain/failure.ts";
import type { Digest } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import type { Enrolment } from "../enrol/enrolment.ts";
import type { Identity } from "../identity.ts";
import { fingerprintOf } from "../identity.ts";
import type { LinkState } from "../link/link.ts";
import { isByTls } from "../link/serverAddress.ts";
import type { Tasks } from "../link/tasks.ts";
import type { LocalRuns } from "../localRun/localRuns.ts";
import type { LocalView } from "../localRun/localView.ts";
import type { Log } from "../log.ts";
import type { PackDesk } from "../runPack/packDesk.ts";
import type { Throttles } from "../throttle/throttles.ts";
import { AGENT_VERSION } from "../version.ts";
import type { WordsOf } from "../words.ts";
import { loadWords } from "../words.ts";
import type { AgentStatus, ControlAnswer, ControlRequest, LocalRequest } from "./controlMessages.ts";
import type { HoldSwitch } from "./hold.ts";
import type { SeenDecisions } from "./seenDecisions.ts";

export interface OwnerDeskOptions {
  readonly identity: Identity;
  readonly enrolment: Enrolment;
  /** As it is now. */
  readonly tlsPin: () => Digest | undefined;
  readonly link: { state(): LinkState };
  readonly hold: HoldSwitch;
  readonly tasks: Tasks;
  readonly throttles: Throttles;
  readonly decisions: SeenDecisions;
  readonly packs: PackDesk;
  readonly local: Pick<LocalRuns, "list">;
  readonly locally: (request: LocalRequest) => Promise<LocalView>;
  readonly now: () => Instant;
  readonly log: Log;
}

/** Answers the host's owner over the local socket, with the network up or down. */
export function createOwnerDesk(options: OwnerDeskOptions): (request: ControlRequest) => Promise<ControlAnswer> {
  const { hold, tasks, throttles, log } = options;

  function obey(request: Exclude<ControlRequest, LocalRequest>): void {
    switch (request.command) {
      case "status":
        return;
      case "hold":
        hold.hold(request.reason, options.now());
        log(`held by the owner of the host: ${request.reason}`);
        return;
      case "resume":
        hold.release();
        log("the owner of the host lets tasks begin again");
        return;
      case "throttle":
        if (!throttles.own(request.taskId, request.setting))
          throw new Failure("argumentsInvalid", `${request.taskId} does not run here. See: slackwater-agent status`);
        return;
      case "stop":
        hold.hold(request.reason, options.now());
        log(`stopped by the owner of the host: ${request.reason}`);
        tasks.cancelAll(request.graceMs);
        return;
      default:
        request satisfies never;
    }
  }

  return async (request) => {
    if ("runId" in request) {
      const local = await options.locally(request);
      return { ok: true, status: await statusOf(options), local };
    }
    obey(request);
    return { ok: true, status: await statusOf(options) };
  };
}

async function statusOf(options: OwnerDeskOptions): Promise<AgentStatus> {
  const wordsOf = await loadWords();
  const { identity, enrolment, link, hold, tasks, throttles, decisions, packs, local } = options;
  const held = hold.current();
  return {
    version: AGENT_VERSION,
    hostId: enrolment.hostId,
    server: enrolment.server,
    hostWords: wordsOf(identity.fingerprint),
    serverWords: wordsOf(fingerprintOf(enrolment.serverKey)),
    linkKey: linkKeyOf(options, wordsOf),
    link: link.state(),
    ...(held === undefined ? {} : { held }),
    tasks: tasks.list().map((task) => {
      const throttle = throttles.of(task.taskId);
      return throttle === undefined ? task : { ...task, throttle };
    }),
    decisions: decisions.list().map(({ digest, ...seen }) => ({ ...seen, words: wordsOf(digest) })),
    local: local.list(),
    packs: packs.list(),
  };
}

function linkKeyOf({ enrolment, tlsPin }: OwnerDeskOptions, wordsOf: WordsOf): AgentStatus["linkKey"] {
  if (!isByTls(enrolment.server)) return { kind: "plain" };
  const pin = tlsPin();
  return pin === undefined ? { kind: "unpinned" } : { kind: "pinned", words: wordsOf(pin) };
}
