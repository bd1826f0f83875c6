import type { RunId, TaskId } from "../../../domain/ids.ts";
import type { Report } from "../../../domain/run/intents.ts";
import type { AgentFrame, ServerFrame } from "../../../protocol/agent.ts";
import { runKeyText } from "../../../protocol/handshake.ts";
import { PACKS_SINCE } from "../../../protocol/version.ts";
import type { EnrolledHost } from "../../db/hostLinks.ts";
import { runsOfHost } from "../../db/hostLinks.ts";
import { recordTaskReport, storeRunKey, taskPlace } from "../../db/tasks.ts";
import { isSignedBy } from "../../identity/ed25519.ts";
import { createDispatch } from "./dispatch.ts";
import { harmlessFailure, harmlessLine, harmlessReport } from "./harmless.ts";
import { createHealthFeed } from "./healthFeed.ts";
import type { IncidentBook } from "./incidents.ts";
import { createLocalTurnIntake } from "./localTurns.ts";
import { createOutputIntake } from "./outputIntake.ts";
import { createPackSender } from "./packs.ts";
import type { AgentGatewayParts } from "./parts.ts";
import { createProbeIntake } from "./probeIntake.ts";
import { createProgressFeed } from "./progressFeed.ts";

/** Deals with what an admitted host sends, and sends what is there for it. */
export interface Intake {
  /** Deals with one frame; frames are given in the order in which they came. */
  take(frame: AgentFrame): Promise<void>;
  /** Looks whether there is something for the host; with a run, only where it is one of the host's. */
  look(runId?: RunId): void;
  close(): Promise<void>;
}

/** Makes the intake of one connection, which speaks that version of the protocol. */
export function createIntake(
  parts: AgentGatewayParts,
  { host, version }: { readonly host: EnrolledHost; readonly version: number },
  incidents: IncidentBook,
  send: (frame: ServerFrame) => void,
): Intake {
  const { hostId } = host;
  const output = createOutputIntake(parts, hostId, (taskId, outputBytes) =>
    send({ type: "outputAcknowledged", taskId, outputBytes }),
  );
  const progress = createProgressFeed(parts, hostId);
  const health = createHealthFeed(parts, hostId);
  const probes = createProbeIntake(parts);
  const packs = version >= PACKS_SINCE ? createPackSender(parts, hostId, send) : undefined;
  const localTurns = createLocalTurnIntake(parts, hostId, send);
  const dispatch = createDispatch(parts, hostId, send, probes, packs);

  const refuse = async (what: string): Promise<void> => {
    send({ type: "notUnderstood", issues: [what] });
    await incidents.record(hostId, "notItsOwn", what);
  };
  const hearOfTask = async (report: TaskWord): Promise<void> => {
    const place = await taskPlace(parts.pool, report.taskId);
    if (!place || place.hostId !== hostId) return refuse(`task ${report.taskId} is not one of this host's`);
    await recordTaskReport(parts.pool, place.runId, report);
    parts.notifier.tell({ about: "inputs", runId: place.runId });
    if (report.report === "taskEnded") send({ type: "reportAcknowledged", taskId: report.taskId });
  };
  const takeRunKey = async (frame: Extract<AgentFrame, { type: "runKey" }>): Promise<void> => {
    const { runId, recipient, signature } = frame;
    const mine = (await runsOfHost(parts.pool, hostId)).some((run) => run.runId === runId && !run.ended);
    if (!mine) return refuse(`run ${runId} does not use this host`);
    if (!isSignedBy(host.publicKey, runKeyText({ runId, recipient }), signature)) {
      return refuse(`the key for run ${runId} is not signed with this host's key`);
    }
    await storeRunKey(parts.pool, { runId, hostId, recipient, signature });
    parts.notifier.tell({ about: "inputs", runId });
  };
  const ownOrRefuse = async (isOwn: boolean, what: string): Promise<void> => {
    if (!isOwn) await refuse(what);
  };

  return {
    look(runId) {
      if (runId === undefined || dispatch.concerns(runId)) dispatch.look();
    },
    async take(frame) {
      switch (frame.type) {
        case "hello":
          return refuse("a second hello");
        case "taskAccepted":
          return hearOfTask({ report: "taskAccepted", taskId: frame.taskId });
        case "taskRefused": {
          const failure = harmlessFailure(frame.failure);
          return hearOfTask({ report: "taskRefused", taskId: frame.taskId, failure });
        }
        case "taskEnded": {
          const ended = harmlessReport(frame.report);
          return hearOfTask({ report: "taskEnded", taskId: frame.taskId, ended, facts: [] });
        }
        case "output":
          return ownOrRefuse(await output.take(frame), notOwn(frame.taskId));
        case "outputLost":
          return ownOrRefuse(await output.takeLoss(frame), notOwn(frame.taskId));
        case "progress":
          return ownOrRefuse(await progress.take(frame), notOwn(frame.taskId));
        case "health":
          return health.take(frame.sample);
        case "probeSampled":
          return ownOrRefuse(await probes.take(frame), `probe ${harmlessLine(frame.probeId)} was not ordered`);
        case "runKey":
          return takeRunKey(frame);
        case "localTurns":
          return localTurns.take(frame);
        case "packsHeld":
          packs?.held(frame.packs);
          return dispatch.look();
        case "notUnderstood":
          return parts.log(`host ${host.name} did not understand: ${frame.issues.map(harmlessLine).join("; ")}`);
        default:
          return frame satisfies never;
      }
    },
    async close() {
      await dispatch.close();
      await Promise.all([output.close(), progress.close()]);
    },
  };
}

type TaskWord = Extract<Report, { report: "taskAccepted" | "taskRefused" | "taskEnded" }>;

const notOwn = (taskId: TaskId): string => `task ${taskId} is not one of this host's`;
