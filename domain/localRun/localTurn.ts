import { z } from "zod";
import { SignedDecision } from "../decision/statement.ts";
import { FailureReport } from "../failure.ts";
import type { HostId } from "../ids.ts";
import { Digest, TaskId, UserId } from "../ids.ts";
import type { Actor } from "../run/actor.ts";
import { Role } from "../run/actor.ts";
import type { Input } from "../run/decide.ts";
import { RunEvent } from "../run/events.ts";
import type { OrderName } from "../run/intents.ts";
import { Order } from "../run/intents.ts";
import type { RunState } from "../run/state.ts";
import { GiveBack, TakeOver } from "../run/takeOver.ts";
import { TaskReport } from "../run/taskReport.ts";
import { Instant } from "../time.ts";

/** Who ordered something at a host: whom the person at the terminal named, as the pack knows them. */
export const LocalActor = z.strictObject({
  userId: UserId,
  role: Role,
  groups: z.array(z.string().max(63)).max(50),
});
export type LocalActor = z.infer<typeof LocalActor>;

/** What came in while a host carried a run on: the same as the server's inputs, as far as a host has them. */
export const LocalInput = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("takeOver"), takeOver: TakeOver }),
  z.strictObject({ kind: z.literal("giveBack"), giveBack: GiveBack }),
  z.strictObject({ kind: z.literal("order"), order: Order, actor: LocalActor }),
  z.strictObject({ kind: z.literal("decision"), decision: SignedDecision, actor: LocalActor }),
  z.strictObject({ kind: z.literal("taskAccepted"), taskId: TaskId }),
  z.strictObject({ kind: z.literal("taskRefused"), taskId: TaskId, failure: FailureReport }),
  z.strictObject({ kind: z.literal("taskEnded"), taskId: TaskId, ended: TaskReport }),
  z.strictObject({ kind: z.literal("timerFired"), timerId: z.string().max(120) }),
  z.strictObject({ kind: z.literal("wake") }),
]);
export type LocalInput = z.infer<typeof LocalInput>;

/** One turn of a host: what came in, and the events that it made of it at that moment. One line of `local.jsonl`. */
export const LocalTurn = z.strictObject({
  /** Events of this taking over that stand before these. */
  before: z.int().min(0),
  at: Instant,
  input: LocalInput,
  events: z.array(RunEvent).min(1).max(1000),
  /** After the last of them: see digestAfter. */
  digest: Digest,
  /** The host's over localTurnText. */
  signature: z.base64().max(88),
});
export type LocalTurn = z.infer<typeof LocalTurn>;

/** A turn as it travels: its events are decided again where they are joined, and the digest says that they came out the same. */
export const JoiningTurn = LocalTurn.omit({ events: true });
export type JoiningTurn = z.infer<typeof JoiningTurn>;

/** What people may order at a host by their word. A decision needs their signature and comes as one; a waiver needs the dashboard. */
const AT_A_HOST: ReadonlySet<OrderName> = new Set<OrderName>([
  "start",
  "hold",
  "resume",
  "retry",
  "inspectAgain",
  "skip",
  "cancelTask",
  "confirmManual",
  "rollBack",
  "giveRollbackReason",
  "abandon",
  "writeNote",
]);

/** A local input as `decide` takes it; undefined for one that no host may bring: another host's task, an order that needs more than its word. */
export function inputOf(local: LocalInput, state: RunState, hostId: HostId): Input | undefined {
  switch (local.kind) {
    case "takeOver":
      return local.takeOver.hostId === hostId ? { report: { report: "runTakenOver", ...local.takeOver } } : undefined;
    case "giveBack":
      return local.giveBack.hostId === hostId ? { report: { report: "runGivenBack", ...local.giveBack } } : undefined;
    case "order":
      return AT_A_HOST.has(local.order.order) ? { order: local.order, actor: actorOf(local.actor) } : undefined;
    case "decision":
      return decisionOf(local.decision, local.actor);
    case "taskAccepted":
      return isOwnTask(state, local.taskId, hostId)
        ? { report: { report: "taskAccepted", taskId: local.taskId } }
        : undefined;
    case "taskRefused": {
      const { taskId, failure } = local;
      return isOwnTask(state, taskId, hostId) ? { report: { report: "taskRefused", taskId, failure } } : undefined;
    }
    case "taskEnded": {
      const { taskId, ended } = local;
      return isOwnTask(state, taskId, hostId)
        ? { report: { report: "taskEnded", taskId, ended, facts: [] } }
        : undefined;
    }
    case "timerFired":
      return { report: { report: "timerFired", timerId: local.timerId } };
    case "wake":
      return { report: { report: "wake" } };
    default:
      return local satisfies never;
  }
}

/**
 * A decision that an approver signed with an SSH key: a passkey is asked by a page only, and the page is the server's. Whoever gives it
 * to `decide` has checked the signature before: the host by the keys of its agent.yaml, the server by those that it has on record.
 */
function decisionOf(decision: SignedDecision, actor: LocalActor): Input | undefined {
  const { statement, signature } = decision;
  if (signature.kind !== "ssh" || statement.approver !== actor.userId) return undefined;
  const order = { order: "decide", gateId: statement.gateId, decision } as const;
  return { order, actor: { ...actorOf(actor), signatureValid: true } };
}

function isOwnTask({ tasks }: RunState, taskId: TaskId, hostId: HostId): boolean {
  return tasks[taskId]?.hostId === hostId;
}

function actorOf({ userId, role, groups }: LocalActor): Actor {
  return { userId, roles: new Set([role]), groups };
}
