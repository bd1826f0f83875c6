import { UserId } from "../../domain/ids.ts";
import { keysOf } from "../../domain/recordKeys.ts";
import type { Actor } from "../../domain/run/actor.ts";
import { MAY, mayOrder } from "../../domain/run/actor.ts";
import type { OrderName } from "../../domain/run/intents.ts";
import { REFUSALS } from "../../domain/run/refusals.ts";
import type { RunReader, RunView } from "../../protocol/http/runs.ts";
import type { SignedIn } from "../identity/actor.ts";

type Stage = RunView["stage"];

/** Stages in which an order makes sense at all; what the domain decides in the end may be stricter, never looser. */
const STAGES: Readonly<Record<OrderName, readonly Stage[]>> = {
  measure: ["preparing", "deciding", "ready"],
  confirmItem: ["preparing", "deciding", "ready"],
  waive: ["preparing", "deciding", "ready", "running", "held"],
  recordSecret: ["preparing", "deciding", "ready", "running", "held"],
  askApproval: ["preparing"],
  decide: ["deciding", "ready", "running", "held"],
  takeBack: ["deciding", "ready", "running", "held"],
  delegate: ["preparing", "deciding", "ready", "running", "held"],
  takeBackDelegation: ["preparing", "deciding", "ready", "running", "held"],
  askPoll: ["preparing", "deciding", "running", "held"],
  answerPoll: ["preparing", "deciding", "ready", "running", "held"],
  closePoll: ["preparing", "deciding", "ready", "running", "held"],
  silenceTrigger: ["running", "held"],
  endSilence: ["running", "held"],
  start: ["ready"],
  hold: ["running", "rollingBack"],
  resume: ["held"],
  retry: ["held", "running", "rollingBack"],
  inspectAgain: ["held", "running", "rollingBack"],
  skip: ["held", "running"],
  cancelTask: ["running", "held", "rollingBack"],
  throttleTask: ["running", "held", "rollingBack"],
  confirmManual: ["running", "rollingBack"],
  rollBack: ["running", "held"],
  giveRollbackReason: ["rollingBack", "held", "ended"],
  abandon: ["preparing", "deciding", "ready", "held"],
  signCompletion: ["ended"],
  writeNote: ["preparing", "deciding", "ready", "running", "held", "rollingBack", "ended"],
};

/** What this reader may do now, each order with its reason where not, so that a disabled button can say why. */
export function readerOf(run: RunView, person: SignedIn): RunReader {
  const actor: Actor = { userId: UserId.parse(person.userId), roles: new Set([person.role]), groups: person.groups };
  const may = Object.fromEntries(
    keysOf<OrderName>(MAY).map((order) => {
      const because = !mayOrder(actor, order)
        ? `This needs the role ${MAY[order].join(" or ")}.`
        : run.takenOver !== null
          ? REFUSALS.takenOver
          : STAGES[order].includes(run.stage)
            ? null
            : `Not while the run is ${run.stateWord.toLowerCase()}.`;
      return [order, { allowed: because === null, because }];
    }),
  );
  const isRequester = run.gates.some((gate) =>
    gate.deciders.some((one) => one.userId === person.userId && one.isRequester),
  );
  return { may, isRequester };
}
