"use client";

import { lazy, useState } from "react";
import { formatTime } from "../../domain/format/time.ts";
import type { TriggerView } from "../../protocol/http/runs.ts";
import type { SilenceTerms, SilenceView } from "../../protocol/http/silence.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { useNow } from "../ui/Now.tsx";
import { Part } from "../ui/Part.tsx";
import { TextOrderDialog } from "../window/TextOrderDialog.tsx";
import { endText } from "./silenceWords.ts";
import { useSilencing } from "./useSilencing.ts";

const SilenceDialog = lazy(() => import("./SilenceDialog.tsx"));

/** Under a trigger: by whom and until when it is silenced, what waits for another signature, and what this reader can do about it. */
export function SilenceLines(props: { trigger: TriggerView }) {
  const { trigger } = props;
  const { run, me, reader } = useRun();
  const now = useNow();
  const [opened, setOpened] = useState<"silence" | "end">();
  const { silence } = trigger;
  const maySign =
    reader.may.silenceTrigger?.allowed === true && silence.signers.some(({ userId }) => userId === me.userId);
  const isSigned = silence.inForce !== null || silence.proposed.length > 0;
  const mayEnd = isSigned && reader.may.endSilence?.allowed === true;
  const wouldFire = silence.inForce !== null && trigger.firesAt !== null && trigger.firesAt <= now;
  return (
    <>
      {silence.inForce && (
        <p className="text-ink2">
          <b className="text-ask">Silenced {endText(silence.inForce, now, run.zone)}</b> by{" "}
          {silence.inForce.by.join(" and ")}: {silence.inForce.reason}
          {wouldFire && trigger.firesAt !== null && (
            <b className="block text-stop">
              It would have fired at {formatTime(trigger.firesAt, run.zone)}, and fires when the silence ends.
            </b>
          )}
        </p>
      )}
      {silence.proposed.map((proposal) => (
        <Proposal
          key={`${proposal.until} ${proposal.reason}`}
          trigger={trigger}
          proposal={proposal}
          maySign={maySign}
        />
      ))}
      {(maySign || mayEnd) && (
        <p className="flex flex-wrap gap-2 py-1">
          {maySign && (
            <Button
              size="small"
              variant="quiet"
              aria-label={`Silence it: ${trigger.title}`}
              onClick={() => setOpened("silence")}
            >
              Silence it
            </Button>
          )}
          {mayEnd && (
            <Button
              size="small"
              aria-label={`${silence.inForce === null ? "Drop what was signed" : "End the silence"}: ${trigger.title}`}
              onClick={() => setOpened("end")}
            >
              {silence.inForce === null ? "Drop what was signed" : "End the silence"}
            </Button>
          )}
        </p>
      )}
      {opened === "silence" && (
        <Part>
          <SilenceDialog trigger={trigger} onClose={() => setOpened(undefined)} />
        </Part>
      )}
      {opened === "end" && (
        <TextOrderDialog
          title={silence.inForce === null ? "Drop what was signed?" : `Let “${trigger.title}” be heard again?`}
          description={endWords(trigger, wouldFire)}
          safe="Leave it"
          act={silence.inForce === null ? "Drop it" : "End the silence"}
          variant="neutral"
          label="Reason"
          whenEmpty="Write the reason."
          order={(reason) => ({ order: "endSilence", triggerId: trigger.id, reason })}
          onClose={() => setOpened(undefined)}
        />
      )}
    </>
  );
}

function endWords({ action, silence }: TriggerView, wouldFire: boolean): string {
  if (silence.inForce === null) return "The trigger is on; nobody's signature counts any more.";
  const does = { notify: "notifies", hold: "holds the run", rollback: "rolls back" }[action];
  return wouldFire
    ? `It holds now and has for long enough: it ${does} at once.`
    : `From then on it ${does} when it fires.`;
}

function Proposal(props: {
  trigger: TriggerView;
  proposal: SilenceView["proposed"][number] & SilenceTerms;
  maySign: boolean;
}) {
  const { trigger, proposal, maySign } = props;
  const { run, me } = useRun();
  const now = useNow();
  const { sign, isSigning, trouble } = useSilencing();
  const { until, untilStep, reason } = proposal;
  const wish = { triggerId: trigger.id, until, reason, ...(untilStep === null ? {} : { untilStep: untilStep.id }) };
  return (
    <div className="text-ink2">
      <p>
        {proposal.by.join(" and ")} signed a silence {endText(proposal, now, run.zone)}: {reason}
        <span className="block font-medium text-ask">
          {proposal.missing} more {proposal.missing === 1 ? "signature is" : "signatures are"} needed by{" "}
          {formatTime(proposal.at, run.zone)}.
        </span>
      </p>
      {maySign && !proposal.userIds.includes(me.userId) && (
        <p className="py-1">
          <Button
            size="small"
            busy={isSigning ? "Signing" : undefined}
            aria-label={`Sign the same: ${trigger.title}`}
            onClick={() => void sign(wish)}
          >
            Sign the same
          </Button>
        </p>
      )}
      {trouble !== undefined && (
        <p role="alert" className="text-ask">
          {trouble}
        </p>
      )}
    </div>
  );
}
