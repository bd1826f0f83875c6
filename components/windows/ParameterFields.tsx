"use client";

import { useState } from "react";
import type { UseFormRegisterReturn, UseFormReturn } from "react-hook-form";
import { useFormState, useWatch } from "react-hook-form";
import type { RunbookView } from "../../protocol/http/runbooks.ts";
import { defaultText, typeWords } from "../runbooks/parameterWords.ts";
import { Card, CardContent } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import type { FieldControl } from "../ui/Field.tsx";
import { Field } from "../ui/Field.tsx";
import { Select } from "../ui/Select.tsx";
import { TextInput } from "../ui/TextInput.tsx";
import type { WindowForm } from "./windowForm.ts";
import { wrongParameter } from "./windowForm.ts";

type Parameter = RunbookView["parameters"][number];

/** Every parameter of the runbook, with what it is, its type and its default. What is wrong is told when the field is left. */
export function ParameterFields(props: { form: UseFormReturn<WindowForm>; runbook: RunbookView }) {
  const { form, runbook } = props;
  const [wanted, setWanted] = useState("");
  const { errors } = useFormState({ control: form.control, name: "parameters" });
  const typed = useWatch({ control: form.control, name: "parameters" });
  const changed = runbook.parameters.filter(({ name, ...one }) => (typed[name] ?? "") !== defaultText(one)).length;
  const words = wanted.trim().toLowerCase();
  const isShown = (parameter: Parameter): boolean =>
    words === "" ||
    // A wrong one is never filtered away.
    errors.parameters?.[parameter.name] !== undefined ||
    `${parameter.name} ${parameter.title} ${parameter.description}`.toLowerCase().includes(words);
  const shown = runbook.parameters.filter(isShown);
  if (runbook.parameters.length === 0) return null;
  return (
    <Card
      title="Parameters"
      aside={`${runbook.parameters.length}, ${changed === 0 ? "all as the runbook has them" : `${changed} not the default`}`}
    >
      <CardContent>
        {runbook.parameters.length > 8 && (
          <TextInput
            type="search"
            aria-label="Find a parameter"
            placeholder="Find a parameter"
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
            onKeyDown={(event) => {
              // Enter looks for nothing more, and must not plan the window.
              if (event.key === "Enter") event.preventDefault();
            }}
            className="mb-4 max-w-80"
          />
        )}
        {shown.length === 0 && (
          <EmptyState title="No parameter has these words" className="px-0">
            All of them are still part of the window.
          </EmptyState>
        )}
        <div className="grid grid-cols-2 items-start gap-x-4 gap-y-5 phone:grid-cols-1">
          {shown.map((parameter) => (
            <ParameterField
              key={parameter.name}
              form={form}
              parameter={parameter}
              error={errors.parameters?.[parameter.name]?.message}
            />
          ))}
        </div>
      </CardContent>
    </Card>
  );
}

function ParameterField(props: { form: UseFormReturn<WindowForm>; parameter: Parameter; error: string | undefined }) {
  const { form, parameter } = props;
  const registered = form.register(`parameters.${parameter.name}`, {
    validate: (value) => wrongParameter(parameter, value ?? "") ?? true,
  });
  return (
    <Field
      label={
        <>
          {parameter.title}
          {parameter.title.replaceAll(" ", "_") !== parameter.name && (
            <code className="font-normal text-ink3"> {parameter.name}</code>
          )}
        </>
      }
      hint={<Hint parameter={parameter} />}
      required={parameter.default !== ""}
      error={props.error}
    >
      {(wired) => <ParameterInput parameter={parameter} {...wired} {...registered} />}
    </Field>
  );
}

function Hint(props: { parameter: Parameter }) {
  const { parameter } = props;
  return (
    <>
      {parameter.description}{" "}
      <span className="text-ink2">
        {parameter.type !== "choice" && parameter.type !== "flag" && `${typeWords(parameter)}; `}
        {parameter.default === null ? (
          "no default"
        ) : parameter.default === "" ? (
          "empty by default"
        ) : (
          <>
            default <code className="break-all">{defaultText(parameter)}</code>
          </>
        )}
        .
      </span>
    </>
  );
}

function ParameterInput({ parameter, ...input }: { parameter: Parameter } & FieldControl & UseFormRegisterReturn) {
  switch (parameter.type) {
    case "choice":
      return <Select {...input} options={(parameter.choices ?? []).map((value) => ({ value, label: value }))} />;
    case "flag":
      return (
        <Select
          {...input}
          options={[
            { value: "true", label: "yes" },
            { value: "false", label: "no" },
          ]}
        />
      );
    case "integer":
      return <TextInput {...input} inputMode="numeric" autoComplete="off" />;
    case "path":
      return <TextInput {...input} mono autoComplete="off" />;
    case "size":
    case "duration":
    case "string":
      return <TextInput {...input} autoComplete="off" />;
    default:
      return parameter.type satisfies never;
  }
}
