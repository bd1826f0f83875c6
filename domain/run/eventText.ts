import { formatCount } from "../format/count.ts";
import { clockOffText, isClockOff } from "../gate/clocks.ts";
import { settingText } from "../throttle/settingText.ts";
import type { RunEvent } from "./events.ts";
import type { Names } from "./names.ts";
import { restoredText } from "./restoredText.ts";
import type { TaskReport } from "./taskReport.ts";
import { leftText } from "./taskReport.ts";

/**
 * One event as one sentence of the run's story, or undefined for those that only carry bookkeeping (a task was accepted, a timer
 * was set), which the export keeps and the story leaves out.
 */
export function eventText(event: RunEvent, names: Names): string | undefined {
  switch (event.type) {
    case "runCreated":
      return `Window planned by ${event.requestedBy.map(names.person).join(", ")}.`;
    case "factsMeasured":
      return `${event.facts.length === 1 ? "A fact was" : `${event.facts.length} facts were`} measured: ${event.facts.map((fact) => fact.name).join(", ")}.`;
    case "clockMeasured":
      return isClockOff(event.offMs)
        ? `The clock of ${names.host(event.hostId)} is ${clockOffText(event.offMs)}: nothing can start until it is set.`
        : `The clock of ${names.host(event.hostId)} agrees with the server's again.`;
    case "itemConfirmed":
      return `${names.person(event.by)} confirmed ${names.step(event.itemId)}${event.reason ? `: ${event.reason}` : "."}`;
    case "criterionWaived":
      return `${names.person(event.by)} waived ${event.criterionId}: ${event.reason}`;
    case "secretSealed":
      return `${names.person(event.holder)} sealed the passphrase ${event.secret}, kept in ${event.place}.`;
    case "approvalAsked":
      return `${names.person(event.by)} asked for approval.`;
    case "decisionSigned":
      return event.decision.statement.reason === undefined
        ? `${names.person(event.by)} signed ${event.verdict}${event.decision.statement.inPlaceOf ? ` in place of ${names.person(event.decision.statement.inPlaceOf)}` : ""} at ${names.gate(event.gateId)}.`
        : `${names.person(event.by)} BROKE THE GLASS at ${names.gate(event.gateId)}, which counts with one GO fewer: ${event.decision.statement.reason}`;
    case "decisionSuspended":
      return `The decision of ${names.person(event.by)} at ${names.gate(event.gateId)} is suspended: ${event.staleFacts.join(", ")} must be measured again.`;
    case "decisionRevived":
      return `The decision of ${names.person(event.by)} at ${names.gate(event.gateId)} is valid again.`;
    case "decisionVoided":
      return `The decision of ${names.person(event.by)} at ${names.gate(event.gateId)} is void: ${event.what} was ${event.was}, is ${event.is}.`;
    case "decisionTakenBack":
      return `${names.person(event.by)} took the decision at ${names.gate(event.gateId)} back: ${event.reason}`;
    case "decisionsSpent":
      return undefined;
    case "gateAsked":
      return `${names.gate(event.gateId)} waits for a decision.`;
    case "gateReminded":
      return `${names.gate(event.gateId)} is undecided, and can be decided until ${utc(event.expiresAt)}.`;
    case "gateOpened":
      return `${names.gate(event.gateId)} is open ${event.how === "quorum" ? "by its quorum" : "because its criteria pass"}.`;
    case "gateRefused":
      return `${names.gate(event.gateId)} was refused${event.by ? ` by ${names.person(event.by)}` : event.how === "criteria" ? ": a criterion does not pass" : ": its time was over"}.`;
    case "delegated":
      return `${names.person(event.by)} named ${names.person(event.to)} to decide in their place until ${utc(event.until)}: ${event.reason}`;
    case "delegationTakenBack":
      return `${names.person(event.by)} decides again and took the delegation back.`;
    case "pollAsked":
      return `${names.person(event.by)} polled the room about ${names.gate(event.gateId)} (${event.of.map(names.group).join(", ")})${event.question ? `: ${event.question}` : "."}`;
    case "pollAnswered":
      return `${names.person(event.by)} answered ${event.answer} for ${names.group(event.role)}, unsigned${event.words ? `: ${event.words}` : "."}`;
    case "pollClosed":
      return `${names.person(event.by)} closed the poll about ${names.gate(event.gateId)}.`;
    case "runStarted":
      return `${names.person(event.by)} started the run.`;
    case "runHeld":
      return `Held${event.by ? ` by ${names.person(event.by)}` : ""}${event.detail ? `: ${event.detail}` : "."}`;
    case "runResumed":
      return `${names.person(event.by)} resumed the run.`;
    case "rollbackOrdered":
      return `A rollback was ordered${event.by ? ` by ${names.person(event.by)}` : ""}; the running task is ended first.`;
    case "rollbackBegan":
      return `Rolling back${event.by ? `, ordered by ${names.person(event.by)}` : ""}: ${event.detail || event.cause}`;
    case "rollbackReasonGiven":
      return `${names.person(event.by)} gave the reason of the rollback: ${event.reason}`;
    case "runEnded":
      return endText(event.outcome, event.by ? names.person(event.by) : undefined, event.reason);
    case "completionSigned":
      return `${names.person(event.by)} signed the completion.`;
    case "noteWritten":
      return `${names.person(event.by)} wrote a note.`;
    case "stepBegan":
      return `${names.step(event.stepId)} began${event.attempt > 1 ? `, attempt ${event.attempt}` : ""}.`;
    case "taskOrdered":
      return `${names.host(event.hostId)} was ordered ${event.action}.`;
    case "taskAccepted":
      return undefined;
    case "taskRefused":
      return `The host refused: ${event.failure.message}`;
    case "taskEnded":
      return taskEndText(event.report);
    case "taskCancelOrdered":
      return `The running task is being ended${event.by ? `, ordered by ${names.person(event.by)}` : ""}.`;
    case "taskThrottled":
      return `${names.person(event.by)} set ${names.step(event.stepId)} from ${settingText(event.from)} to ${settingText(event.to)}${event.reason ? `: ${event.reason}` : "."}`;
    case "stepVerified":
      return `${names.step(event.stepId)}: ${event.judgements.filter((judged) => judged.verdict === "pass").length} of ${event.judgements.length} verifications pass.`;
    case "waitHolds":
      return event.holds
        ? `${names.step(event.stepId)}: what it waits for holds; now it has to last.`
        : `${names.step(event.stepId)}: what it waits for does not hold any more.`;
    case "stepDone":
      return `${names.step(event.stepId)} is done.`;
    case "stepFailed":
      return `${names.step(event.stepId)} ${event.unknown ? "ended nobody knows how" : "failed"}: ${event.failure.message}`;
    case "stepSkipped":
      return `${names.step(event.stepId)} was skipped${event.by ? ` by ${names.person(event.by)}` : ""}: ${event.reason}`;
    case "stepCancelled":
      return `${names.step(event.stepId)} was cancelled.`;
    case "manualConfirmed":
      return `${names.person(event.by)} confirmed ${names.step(event.stepId)}.`;
    case "announcementDue":
      return `Announcement ${names.announcement(event.announcementId)} was published.`;
    case "timerSet":
    case "timerFired":
      return undefined;
    case "triggerPending":
      return `Trigger ${names.trigger(event.triggerId)} holds at ${event.value}; it has not lasted long enough to fire.`;
    case "triggerFired":
      return `Trigger ${names.trigger(event.triggerId)} fired at ${event.value}: ${event.action}.`;
    case "triggerResolved":
      return `Trigger ${names.trigger(event.triggerId)} is quiet again at ${event.value}.`;
    case "silenceSigned":
      return `${names.person(event.by)} signed that trigger ${names.trigger(event.triggerId)} be silenced until ${utc(event.silence.statement.until)}: ${event.silence.statement.reason}`;
    case "triggerSilenced":
      return `Trigger ${names.trigger(event.triggerId)} is silenced by ${event.signers.map(names.person).join(" and ")} until ${utc(event.until)}${event.untilStep ? ` or until ${names.step(event.untilStep)} is over` : ""}: ${event.reason}`;
    case "silenceEnded":
      return `Trigger ${names.trigger(event.triggerId)} is heard again${event.by ? `, ordered by ${names.person(event.by)}: ${event.reason ?? ""}` : event.how === "time" ? ": its silence is over." : ": the step that it was silenced for is over."}`;
    case "probeSilent":
      return `Nothing comes of the probe ${names.probe(event.probeId)} any more: what watches it is blind.`;
    case "probeHeard":
      return `The probe ${names.probe(event.probeId)} is heard again.`;
    case "hostRebooted":
      return rebootText(names.host(event.hostId), event.undone.map(names.step), event.unsealed);
    case "runRestored":
    case "hostKnowsMore":
      return restoredText(event, names.host);
    case "runTakenOver":
      return `${names.person(event.by)} took the run over on ${names.host(event.hostId)}, from event ${event.from.seq} on.`;
    case "runGivenBack":
      return `${names.person(event.by)} gave the run back on ${names.host(event.hostId)}.`;
    case "orderRefused":
      return `${event.by ? names.person(event.by) : "Somebody"} ordered ${event.order}; it was refused: ${event.detail || event.because}`;
    case "downtimeMeasured":
      return event.downtimeMs === undefined ? "Writes stopped." : "Writes are accepted again.";
    default:
      return event satisfies never;
  }
}

/** The story has no zone of its own: the pages that show it are read in many. */
const utc = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;

function endText(
  outcome: "completed" | "rolledBack" | "abandoned",
  by: string | undefined,
  reason: string | undefined,
): string {
  const how = {
    completed: "The run is done",
    rolledBack: "The run is rolled back",
    abandoned: "The run was abandoned",
  }[outcome];
  return `${how}${by ? ` by ${by}` : ""}${reason ? `: ${reason}` : "."}`;
}

function rebootText(host: string, undone: readonly string[], unsealed: readonly string[]): string {
  const again = undone.length === 0 ? "" : ` Gone with it, and due again: ${undone.join("; ")}.`;
  const seal = unsealed.length === 0 ? "" : ` To be sealed again: ${unsealed.join(", ")}.`;
  return `${host} was started anew.${again}${seal}`;
}

function taskEndText(report: TaskReport): string | undefined {
  switch (report.outcome) {
    case "succeeded":
      return undefined;
    case "cancelled": {
      const ended = formatCount(report.receipt.ended.length);
      return `The task was ended, with ${ended} processes. ${leftText(report.receipt) || "Nothing is left of it on the host."}`;
    }
    case "failed":
    case "unknown":
      return `The task ended: ${report.outcome}.`;
    default:
      return report satisfies never;
  }
}
