"use client";

import { useState } from "react";
import type { ThrottleMode, ThrottleSetting } from "../../domain/throttle/setting.ts";
import type { OrderInput } from "../data/orderWords.ts";
import { useOrders } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { Segmented } from "../ui/Segmented.tsx";
import { NumberInput, TextArea } from "../ui/TextInput.tsx";
import type { NowStep } from "./nowStep.ts";
import type { ThrottleField } from "./throttleForm.ts";
import { settingTyped, typedOf } from "./throttleForm.ts";

const MODES = [
  { value: "full", label: "Full" },
  { value: "limited", label: "Limited" },
  { value: "automatic", label: "Automatic" },
  { value: "paused", label: "Paused" },
] as const satisfies readonly { value: ThrottleMode; label: string }[];

const MEANINGS = {
  full: "It takes all that it can get.",
  limited: "It is no faster than this, and weighs no more beside everything else on the host.",
  automatic: "No faster than this, and it stands still while the load of host or database is over its threshold.",
  paused: "It stands still until another speed is ordered. Its time limit goes on.",
} as const satisfies Record<ThrottleMode, string>;

/** Asks how much the running task may take of its host. What was typed stays when the order is refused. */
export default function ThrottleDialog(props: { step: NowStep; setting: ThrottleSetting; onClose: () => void }) {
  const { step } = props;
  const { give, busyWord } = useOrders();
  const [typed, setTyped] = useState(() => typedOf(props.setting, step.progress?.progress.unit));
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<{ field: ThrottleField | "reason"; error: string } | undefined>(undefined);
  const read = settingTyped(typed);
  const orderOf = (setting: ThrottleSetting): OrderInput => ({
    order: "throttleTask",
    stepId: step.id,
    setting,
    reason: reason.trim(),
  });
  const act = async (): Promise<void> => {
    if (!("setting" in read)) return setWrong(read);
    const outcome = await give(orderOf(read.setting));
    if (outcome.accepted) props.onClose();
    else setWrong({ field: "reason", error: outcome.detail });
  };
  const errorOf = (field: ThrottleField | "reason") => (wrong?.field === field ? wrong.error : undefined);
  return (
    <Dialog
      open
      title={`Change the speed of ${step.title}?`}
      description={MEANINGS[typed.mode]}
      safe={{ label: "Leave it as it is", onChoose: props.onClose }}
      act={
        <Button
          size="large"
          variant="primary"
          busy={"setting" in read ? busyWord(orderOf(read.setting)) : undefined}
          onClick={() => void act()}
        >
          Change the speed
        </Button>
      }
    >
      <Segmented
        label="Speed"
        size="medium"
        options={MODES}
        value={typed.mode}
        onChange={(mode) => setTyped({ ...typed, mode })}
        className="mt-4"
      />
      {(typed.mode === "limited" || typed.mode === "automatic") && (
        <div className="mt-4 flex flex-wrap gap-4">
          <Field label="At most" error={errorOf("rate")}>
            {(control) => (
              <NumberInput
                {...control}
                unit={typed.unit === "rows" ? "rows/s" : "MB/s"}
                whole={typed.unit === "rows"}
                value={typed.rate}
                onChange={(event) => setTyped({ ...typed, rate: event.target.value })}
              />
            )}
          </Field>
          <Field label="CPU weight" required error={errorOf("cpuWeight")}>
            {(control) => (
              <NumberInput
                {...control}
                whole
                value={typed.cpuWeight}
                onChange={(event) => setTyped({ ...typed, cpuWeight: event.target.value })}
              />
            )}
          </Field>
          <Field label="I/O weight" required error={errorOf("ioWeight")}>
            {(control) => (
              <NumberInput
                {...control}
                whole
                value={typed.ioWeight}
                onChange={(event) => setTyped({ ...typed, ioWeight: event.target.value })}
              />
            )}
          </Field>
        </div>
      )}
      <Field label="Reason" error={errorOf("reason")} className="mt-4">
        {(control) => (
          <TextArea {...control} rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
        )}
      </Field>
    </Dialog>
  );
}
