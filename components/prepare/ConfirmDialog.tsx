"use client";

import Link from "next/link";
import { useState } from "react";
import type { ChecklistItemView } from "../../protocol/http/evidence.ts";
import type { OrderInput } from "../data/orderWords.ts";
import { useOrders, useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { NumberInput, TextArea } from "../ui/TextInput.tsx";
import { windowPath } from "../window/windowPages.ts";
import { readTyped } from "./typedValue.ts";
import { YesNo } from "./YesNo.tsx";

/** Asks what only a person knows, in its type, with room for why. The answer becomes a fact with the person's name. */
export default function ConfirmDialog(props: { item: ChecklistItemView; onClose: () => void }) {
  const { item } = props;
  const { run } = useRun();
  const { give, busyWord } = useOrders();
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const [error, setError] = useState<string | undefined>(undefined);
  const [refusal, setRefusal] = useState<string | undefined>(undefined);
  const isAnnouncement = item.kind === "announce";
  const type = item.confirm?.type ?? "yesNo";
  const label = isAnnouncement ? "Say that it was sent" : "Record the answer";
  const send = async (): Promise<void> => {
    const read = isAnnouncement ? ({ ok: true, value: true } as const) : readTyped(type, typed, true);
    if (!read.ok) {
      setError(read.message);
      return;
    }
    if (read.value === undefined) return;
    const order: OrderInput = { order: "confirmItem", itemId: item.id, value: read.value, reason: reason.trim() };
    const outcome = await give(order);
    if (outcome.accepted) props.onClose();
    else setRefusal(outcome.detail);
  };
  return (
    <Dialog
      open
      title={item.title}
      {...(item.notes !== null && { description: item.notes })}
      safe={{ label: "Not now", onChoose: props.onClose }}
      act={
        <Button
          size="large"
          variant="primary"
          busy={busyWord({ order: "confirmItem", itemId: item.id, value: true, reason: "" })}
          onClick={() => void send()}
        >
          {label}
        </Button>
      }
    >
      <div className="mt-4 flex flex-col gap-4">
        {isAnnouncement ? (
          <p className="text-ink2">
            <Link href={windowPath(run.windowId, "announcements")}>Read and copy the text</Link> first. It is published
            on the status page when you say so here; sending it elsewhere is yours to do.
          </p>
        ) : type === "yesNo" ? (
          <YesNo
            label={item.needed === null ? "Is it so?" : `Is it so? Needed: ${item.needed}`}
            value={typed}
            onChange={setTyped}
            error={error}
          />
        ) : (
          <Field
            label="Answer"
            required
            error={error}
            {...(item.needed !== null && { hint: `Needed: ${item.needed}` })}
          >
            {(control) =>
              type === "number" ? (
                <NumberInput {...control} value={typed} onChange={(event) => setTyped(event.target.value)} />
              ) : (
                <TextArea {...control} value={typed} onChange={(event) => setTyped(event.target.value)} />
              )
            }
          </Field>
        )}
        <Field label="How do you know" error={refusal}>
          {(control) => <TextArea {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
      </div>
    </Dialog>
  );
}
