import type { HostId, TaskId } from "../ids.ts";
import type { LoggedEvent } from "../run/events.ts";

/**
 * Why events that the server wrote, not knowing that a host had taken over, can't count for nothing; undefined where they can. What the
 * server only ordered or noticed did not reach the host. What another host did, what people signed, and an end did happen.
 *
 * @param behind the events behind the one that the host stands on
 */
export function whyNotSetAside(behind: readonly LoggedEvent[], hostId: HostId): string | undefined {
  const elsewhere = new Set<TaskId>();
  for (const { seq, event } of behind) {
    switch (event.type) {
      case "taskOrdered":
        if (event.hostId !== hostId) elsewhere.add(event.taskId);
        break;
      case "taskAccepted":
      case "taskEnded":
        if (elsewhere.has(event.taskId)) return `Another host acted meanwhile (event ${seq}).`;
        break;
      case "decisionSigned":
      case "decisionTakenBack":
      case "silenceSigned":
      case "delegationTakenBack":
        return `Somebody decided meanwhile (event ${seq}).`;
      case "runEnded":
        return `The run was ended meanwhile (event ${seq}).`;
      case "runTakenOver":
        return `Another host took the run over meanwhile (event ${seq}).`;
      default:
    }
  }
  return undefined;
}

/** Tasks that were ordered in events which count for nothing: they are withdrawn. */
export function withdrawnTasks(behind: readonly LoggedEvent[]): readonly TaskId[] {
  return behind.flatMap(({ event }) => (event.type === "taskOrdered" ? [event.taskId] : []));
}
