"use client";

import { useState } from "react";
import { useOrders, useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { Field } from "../ui/Field.tsx";
import { Fold } from "../ui/Fold.tsx";
import { TextArea } from "../ui/TextInput.tsx";

/** The way out of a window that will not take place; folded away, with its reason. */
export function AbandonCard() {
  const { run, reader } = useRun();
  const { give, busyWord } = useOrders();
  const [reason, setReason] = useState("");
  const [error, setError] = useState<string | undefined>(undefined);
  const may = reader.may.abandon;
  if (run.stage === "ended" || may?.allowed !== true) return null;
  const order = { order: "abandon", reason: reason.trim() } as const;
  const abandon = async (): Promise<void> => {
    if (order.reason === "") {
      setError("Write the reason.");
      return;
    }
    const outcome = await give(order);
    setError(outcome.accepted ? undefined : outcome.detail);
  };
  return (
    <Card aria-label="Abandon">
      <CardContent first>
        <Fold summary="Abandon this run">
          <div className="mt-2 flex flex-col gap-3">
            <p className="text-ink2">It ends for good, with its record. Nothing on the hosts is changed by that.</p>
            <Field label="Reason" required error={error}>
              {(control) => (
                <TextArea {...control} value={reason} onChange={(event) => setReason(event.target.value)} />
              )}
            </Field>
            <div>
              <Button busy={busyWord(order)} onClick={() => void abandon()}>
                Abandon this run
              </Button>
            </div>
          </div>
        </Fold>
      </CardContent>
    </Card>
  );
}
