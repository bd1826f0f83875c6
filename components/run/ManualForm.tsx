"use client";

import { useState } from "react";
import type { StepView } from "../../protocol/http/steps.ts";
import { useOrders, useRun } from "../data/RunProvider.tsx";
import { readTyped } from "../prepare/typedValue.ts";
import { YesNo } from "../prepare/YesNo.tsx";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { NumberInput, TextArea } from "../ui/TextInput.tsx";
import type { NowStep } from "./nowStep.ts";
import { nameOfStep } from "./nowStep.ts";

type Manual = NonNullable<StepView["manual"]>;

/** The form of a manual step: its fields, each checked when it is sent; what was typed stays where it was typed. */
export function ManualForm(props: { step: NowStep; manual: Manual }) {
  const { step, manual } = props;
  const { reader } = useRun();
  const { give, busyWord } = useOrders();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [refusal, setRefusal] = useState<string | undefined>(undefined);
  const may = reader.may.confirmManual;
  const label = step.place ? `Confirm ${nameOfStep(step)}` : "Confirm it is done";
  const send = async (): Promise<void> => {
    const fields: Record<string, boolean | number | string> = {};
    const wrong: Record<string, string> = {};
    for (const field of manual.fields) {
      const read = readTyped(field.type, typed[field.name] ?? "", field.required);
      if (!read.ok) wrong[field.name] = read.message;
      else if (read.value !== undefined) fields[field.name] = read.value;
    }
    setErrors(wrong);
    if (Object.keys(wrong).length > 0) return;
    const outcome = await give({ order: "confirmManual", stepId: step.id, fields });
    setRefusal(outcome.accepted ? undefined : outcome.detail);
  };
  return (
    <form
      noValidate
      className="mt-4 flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {manual.fields.map((field) => (
        <ManualField
          key={field.name}
          field={field}
          value={typed[field.name] ?? ""}
          error={errors[field.name]}
          onChange={(value) => setTyped({ ...typed, [field.name]: value })}
        />
      ))}
      {refusal !== undefined && (
        <p role="alert" className="text-stop">
          {refusal}
        </p>
      )}
      <div>
        <Button
          type="submit"
          size="large"
          variant={may?.allowed === false ? "neutral" : "primary"}
          busy={busyWord({ order: "confirmManual", stepId: step.id, fields: {} })}
          disabledReason={may?.allowed === false ? (may.because ?? "Others confirm this.") : undefined}
        >
          {label}
        </Button>
      </div>
    </form>
  );
}

function ManualField(props: {
  field: Manual["fields"][number];
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}) {
  const { field, value, error, onChange } = props;
  if (field.type === "yesNo") {
    return <YesNo label={field.title} value={value} onChange={onChange} error={error} required={field.required} />;
  }
  return (
    <Field label={field.title} required={field.required} error={error}>
      {(control) =>
        field.type === "number" ? (
          <NumberInput {...control} value={value} onChange={(event) => onChange(event.target.value)} />
        ) : (
          <TextArea {...control} value={value} onChange={(event) => onChange(event.target.value)} />
        )
      }
    </Field>
  );
}
