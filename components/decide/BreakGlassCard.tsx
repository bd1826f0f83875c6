"use client";

import { useState } from "react";
import type { GateView } from "../../protocol/http/gates.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { Field } from "../ui/Field.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { TextArea } from "../ui/TextInput.tsx";
import { standingDecision } from "./deciding.ts";
import { useSigning } from "./SigningProvider.tsx";

/** For whoever may break the glass at a gate that asks: the reason, and the signature that lets one GO be missing. Others see nothing. */
export function BreakGlassCard(props: { gate: GateView }) {
  const { gate } = props;
  const { me } = useRun();
  const { sign, signing } = useSigning();
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<string>();
  const isBreaker = gate.breakers.some(({ userId }) => userId === me.userId);
  if (!isBreaker || gate.stage !== "asking" || standingDecision(gate, me.userId) !== undefined) return null;
  const act = (): void => {
    const written = reason.trim();
    setWrong(written === "" ? "Write why somebody who decides can't be reached." : undefined);
    if (written !== "") sign("BREAK-GLASS", written);
  };
  return (
    <Card title="Break the glass">
      <CardContent>
        <form
          noValidate
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            act();
          }}
        >
          <p className="text-ink2">
            If somebody who decides can't be reached, your signature lets one GO be missing here. It stands on every
            page of this window, in its log and in its report. A host takes it only if its owner admits that, and never
            for a step that destroys.
          </p>
          <Field label="Reason" hint="Who can't be reached, and why this can't wait." required error={wrong}>
            {(wired) => (
              <TextArea
                {...wired}
                value={reason}
                maxLength={2000}
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
          <div>
            <Button
              type="submit"
              variant="stop"
              icon={<Glyph name="key" />}
              busy={signing === "BREAK-GLASS" ? "Signing" : undefined}
              disabledReason={me.passkeys.length === 0 ? "You have no passkey to sign with." : undefined}
              reasonPlace="below"
            >
              Sign and break the glass
            </Button>
          </div>
        </form>
      </CardContent>
    </Card>
  );
}
