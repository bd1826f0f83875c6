import { emitFacts } from "../advance/concludeStep.ts";
import { holdRun } from "../advance/holdRun.ts";
import { keepProbeFact } from "../advance/keepProbeFact.ts";
import { watchSample, watchSilence } from "../advance/watchTriggers.ts";
import type { Report } from "../intents.ts";
import type { Turn } from "../turn.ts";
import { hearClock } from "./hearClock.ts";
import { hearReboot } from "./hearReboot.ts";
import { hearHostKnowsMore, hearRestored } from "./hearRestored.ts";
import { giveBack, takeOver } from "./localRun.ts";
import { hearTask } from "./taskReports.ts";

/** Takes in one report. What follows from it by itself is `advance`'s part. */
export function hearReport(turn: Turn, report: Report): void {
  switch (report.report) {
    case "taskAccepted":
    case "taskRefused":
    case "taskEnded":
      hearTask(turn, report);
      return;
    case "factsMeasured":
      emitFacts(turn, report.facts);
      return;
    case "clockMeasured":
      hearClock(turn, report);
      return;
    case "timerFired":
      // A timer that is not set any more was overtaken: its step began anew, ended, or the run did.
      if (turn.state.timers[report.timerId] !== undefined) turn.emit({ type: "timerFired", timerId: report.timerId });
      return;
    case "probeSampled":
      keepProbeFact(turn, report.probeId, report.sample);
      watchSample(turn, report.probeId, report.sample);
      return;
    case "probeMissed":
      watchSilence(turn, report.probeId, report.missed);
      return;
    case "downtimeMeasured": {
      const { report: _name, ...measured } = report;
      const known = turn.state.downtime;
      const isNew =
        known?.lastAcceptedAt !== measured.lastAcceptedAt || known.firstAcceptedAt !== measured.firstAcceptedAt;
      if (isNew) turn.emit({ type: "downtimeMeasured", ...measured });
      return;
    }
    case "hostRebooted":
      hearReboot(turn, report);
      return;
    case "runTakenOver":
      takeOver(turn, report);
      return;
    case "runGivenBack":
      giveBack(turn, report);
      return;
    case "localRunRefused":
      holdRun(turn, "takenOver", report.detail);
      return;
    case "runRestored":
      hearRestored(turn, report.takenAt);
      return;
    case "hostKnowsMore":
      hearHostKnowsMore(turn, report);
      return;
    case "wake":
      return;
    default:
      throw new TypeError("not in the list", { cause: report satisfies never });
  }
}
