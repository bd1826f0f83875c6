"use client";

import { useState } from "react";
import { formatDayTime } from "../../domain/format/time.ts";
import { brokenGlass } from "../../protocol/http/brokenGlass.ts";
import { useOrders, useRun } from "../data/RunProvider.tsx";
import { YesNo } from "../prepare/YesNo.tsx";
import { Button } from "../ui/Button.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { Field } from "../ui/Field.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { Pairs } from "../ui/Pairs.tsx";
import { TextArea } from "../ui/TextInput.tsx";

/** The runbook's own words are about a migration that was completed. */
const AFTER_ROLLBACK =
  "The run went back to the old side as recorded. I state whether everything was verified there, whether the service is in production again, and which issues there were.";

/** The signed statement after: all verified, in production, which issues. Once it is signed it is shown and can't be changed. */
export function CompletionCard() {
  const { run } = useRun();
  const { completion } = run;
  if (run.stage !== "ended") {
    return (
      <Card title="Completion">
        <CardContent>
          <p className="text-ink2">It is signed when the run has ended.</p>
        </CardContent>
      </Card>
    );
  }
  return (
    <Card title="Completion" {...(completion && { aside: "signed" })}>
      <CardContent>
        <p className="text-ink2">{run.rolledBack === null ? run.signOff.after : AFTER_ROLLBACK}</p>
        {brokenGlass(run).map(({ gate, by, reason, at }) => (
          <p key={`${gate} ${at}`} className="mt-2 font-medium">
            {by} broke the glass at “{gate}”, so that it counted with one GO fewer: {reason}
          </p>
        ))}
        {completion ? (
          <Pairs
            className="mt-3"
            items={[
              { name: "Everything was verified", value: completion.allVerified ? "yes" : "no" },
              { name: "The service is in production", value: completion.inProduction ? "yes" : "no" },
              { name: "Issues", value: completion.issues === "" ? "none" : completion.issues },
              {
                name: "Signed by",
                value: completion.by,
                source: formatDayTime(completion.at, run.zone),
              },
            ]}
          />
        ) : (
          <CompletionForm />
        )}
      </CardContent>
    </Card>
  );
}

function CompletionForm() {
  const { reader } = useRun();
  const { give, busyWord } = useOrders();
  const [verified, setVerified] = useState("");
  const [inProduction, setInProduction] = useState("");
  const [issues, setIssues] = useState("");
  const [errors, setErrors] = useState<{ verified?: string; inProduction?: string; refusal?: string }>({});
  const may = reader.may.signCompletion;
  const order = {
    order: "signCompletion",
    allVerified: verified === "yes",
    inProduction: inProduction === "yes",
    issues: issues.trim(),
  } as const;
  const sign = async (): Promise<void> => {
    const wrong = {
      ...(verified === "" && { verified: "Choose yes or no." }),
      ...(inProduction === "" && { inProduction: "Choose yes or no." }),
    };
    setErrors(wrong);
    if (Object.keys(wrong).length > 0) return;
    const outcome = await give(order);
    if (!outcome.accepted) setErrors({ refusal: outcome.detail });
  };
  return (
    <form
      noValidate
      className="mt-4 flex flex-col gap-4 print:hidden"
      onSubmit={(event) => {
        event.preventDefault();
        void sign();
      }}
    >
      <YesNo label="Everything was verified" value={verified} onChange={setVerified} error={errors.verified} />
      <YesNo
        label="The service is in production"
        value={inProduction}
        onChange={setInProduction}
        error={errors.inProduction}
      />
      <Field label="Issues" hint="Empty means: none." error={errors.refusal}>
        {(control) => <TextArea {...control} value={issues} onChange={(event) => setIssues(event.target.value)} />}
      </Field>
      <div>
        <Button
          type="submit"
          size="large"
          variant="primary"
          icon={<Glyph name="key" />}
          busy={busyWord(order)}
          disabledReason={may?.allowed === false ? (may.because ?? "Others sign this.") : undefined}
          reasonPlace="below"
        >
          Sign the completion
        </Button>
      </div>
    </form>
  );
}
