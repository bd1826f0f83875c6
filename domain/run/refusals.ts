import { z } from "zod";
import { keysOf } from "../recordKeys.ts";

/** Why an order was not carried out, and what the person who gave it should know. Nothing is ever done twice or half. */
export const REFUSALS = {
  wrongStage: "The run is not in a stage where this can be done.",
  notAllowed: "Your role does not allow this.",
  ownRequest: "Nobody approves a window that they requested, edited or started.",
  notAsked: "This gate is not asking for a decision.",
  notPolled: "Nobody is asking the room for this.",
  notSilenced: "This trigger is not silenced.",
  endNotAllowed: "It needs an end that is still ahead and not too far away.",
  notDelegated: "Nobody asked you to decide in this place, or the time for it is over.",
  unknownPerson: "There is no such person.",
  alreadyDecided: "You have signed a decision at this gate. Take it back before signing another.",
  staleStatement: "The statement you signed is no longer what would be done. Read what changed and decide again.",
  statementExpired: "The statement has expired or is not valid yet. Open the page again and decide.",
  nonceSpent: "This statement was used already. Nothing was done twice.",
  badSignature: "The signature does not fit the statement and a key on record.",
  criteriaNotMet: "A criterion does not pass and can't be waived.",
  criteriaUnknown: "A criterion can't be judged yet: measure its facts first.",
  notWaivable: "The runbook does not let anyone waive this criterion.",
  checklistOpen: "Items of the checklist are open.",
  heldAnew: "The run was held anew since you looked. Read why, then order again.",
  outsideWindow: "The window is not open.",
  unknownStep: "There is no such step in this run.",
  stepNotFailed: "Only a step that failed, was cancelled or is unknown can be tried again.",
  stepRunning: "The step is running. Cancel it first.",
  nothingToCancel: "No task of this step is running.",
  nothingToThrottle: "No task that can be slowed down is running in this step.",
  reasonNeeded: "A reason is needed.",
  nothingToRollBack: "Nothing has begun that a rollback would undo.",
  alreadyOrdered: "Someone ordered the same before you. Nothing was done twice.",
  secretMissing: "A passphrase that this run needs was not sealed yet.",
  hostNotConnected: "A host that this needs is not connected.",
  fieldInvalid: "A field has a value that the runbook does not accept.",
  needsApproval: "This changes something on a host. It needs an open GO gate first.",
  takenOver: "A host carries this run on by itself: order it in the terminal there, or wait until it is given back.",
  mustNotSkip: "The runbook does not let this step be skipped.",
} as const;

export const RefusalCode = z.enum(keysOf(REFUSALS));
export type RefusalCode = keyof typeof REFUSALS;
