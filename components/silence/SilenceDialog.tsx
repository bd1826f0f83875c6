"use client";

import { useState } from "react";
import type { TriggerView } from "../../protocol/http/runs.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { Note } from "../ui/Note.tsx";
import { useNow } from "../ui/Now.tsx";
import { RadioGroup } from "../ui/RadioGroup.tsx";
import { Select } from "../ui/Select.tsx";
import { TextArea } from "../ui/TextInput.tsx";
import { endChoices } from "./silenceWords.ts";
import { useSilencing } from "./useSilencing.ts";

const WHAT = {
  notify: "Nobody is told when it fires.",
  hold: "The run is not held when it fires.",
  rollback: "Nothing is rolled back when it fires.",
} as const;

/** Until when and why a trigger is silenced, signed with the reader's passkey. What was typed stays until it is signed. */
export default function SilenceDialog(props: { trigger: TriggerView; onClose: () => void }) {
  const { trigger, onClose } = props;
  const { run, me } = useRun();
  const now = useNow();
  const { sign, isSigning, trouble } = useSilencing();
  const [end, setEnd] = useState("10");
  const [step, setStep] = useState("");
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<string>();
  const ends = endChoices(now, trigger.silence.latestEnd, run.zone);
  const chosen = ends.find(({ value }) => value === end) ?? ends[0];
  const steps = run.steps.filter(({ stage }) => stage !== "done" && stage !== "skipped");
  const act = async (): Promise<void> => {
    const written = reason.trim();
    setWrong(written === "" ? "Write why it is silenced." : undefined);
    if (written === "" || chosen === undefined) return;
    const ahead = step === "" ? {} : { untilStep: step };
    if (await sign({ triggerId: trigger.id, until: chosen.at, ...ahead, reason: written })) onClose();
  };
  return (
    <Dialog
      open
      title={`Silence “${trigger.title}”?`}
      description={`${WHAT[trigger.action]} It goes on being watched, and fires at once if it still holds when the silence ends.`}
      safe={{ label: "Leave it on", onChoose: onClose }}
      act={
        <Button
          size="large"
          variant="stop"
          icon={<Glyph name="key" />}
          busy={isSigning ? "Signing" : undefined}
          disabledReason={me.passkeys.length === 0 ? "You have no passkey to sign with." : undefined}
          onClick={() => void act()}
        >
          Sign the silence
        </Button>
      }
    >
      <div className="mt-4 flex flex-col gap-4">
        <p className="text-ink2">
          “{trigger.silence.gate}” {trigger.silence.needs}, and so does this. All of them sign the same end and reason.
        </p>
        <RadioGroup label="Silenced until" options={ends} value={chosen?.value} onChange={setEnd} />
        <Field label="Or until this step is over" hint="Whichever comes first.">
          {(control) => (
            <Select
              {...control}
              value={step}
              placeholder="no step"
              options={steps.map(({ id, title }) => ({ value: id, label: title }))}
              onChange={(event) => setStep(event.target.value)}
            />
          )}
        </Field>
        <Field
          label="Reason"
          hint="It stands on every page of this window, in its log and in its report."
          required
          error={wrong}
        >
          {(control) => (
            <TextArea
              {...control}
              value={reason}
              maxLength={2000}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
        {trouble !== undefined && (
          <Note tone="ask">
            <p role="alert">{trouble}</p>
          </Note>
        )}
      </div>
    </Dialog>
  );
}
