"use client";

import { useState } from "react";
import { formatTime } from "../../domain/format/time.ts";
import { useOrders, useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { ConfirmByName } from "../ui/ConfirmByName.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { Note } from "../ui/Note.tsx";
import { useNow } from "../ui/Now.tsx";
import { TextInput } from "../ui/TextInput.tsx";
import { lossWords } from "./lossWords.ts";
import { PlanList } from "./PlanList.tsx";

const TONE = { nothing: "back", something: "stop", unknown: "ask" } as const;

/**
 * The question before a rollback: the plan, its end, and what it loses. Losing nothing, the second interaction is a button; losing
 * something, or not knowing, the service's name is typed.
 */
export function RollbackDialog(props: { onClose: () => void }) {
  const { run } = useRun();
  const { give, busyWord } = useOrders();
  const [reason, setReason] = useState("");
  const now = useNow();
  const order = { order: "rollBack", reason: reason.trim() } as const;
  const busy = busyWord(order);
  const roll = (): void => {
    void give(order).then((outcome) => outcome.accepted && props.onClose());
  };
  const loss = lossWords(run.rollback);
  const frame = {
    open: true,
    eyebrow: { word: "Roll back", glyph: "bentArrow", tone: "back" },
    title: `Back on the old side by about ${formatTime(now + run.rollback.expectedMs, run.zone)}?`,
    description: run.dataSentence,
    safe: { label: "Stay", onChoose: props.onClose },
  } as const;
  const body = (
    <>
      <Note tone={TONE[loss.kind]} title={loss.sentence} className="my-3" />
      <PlanList run={run} />
      <Field label="Reason" hint="It may follow within ten minutes." className="mt-4">
        {(control) => (
          <TextInput {...control} size="large" value={reason} onChange={(event) => setReason(event.target.value)} />
        )}
      </Field>
    </>
  );
  if (loss.kind !== "nothing") {
    return (
      <ConfirmByName
        {...frame}
        name={run.service.slug}
        verb="roll back"
        actLabel={loss.button}
        onAct={roll}
        busy={busy}
      >
        {body}
      </ConfirmByName>
    );
  }
  return (
    <Dialog
      {...frame}
      act={
        <Button size="large" variant="backFilled" busy={busy} onClick={roll}>
          {loss.button}
        </Button>
      }
    >
      {body}
    </Dialog>
  );
}
