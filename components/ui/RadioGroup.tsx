import clsx from "clsx";
import type { ReactNode } from "react";
import { useId } from "react";
import { Radio } from "./Choice.tsx";

export type RadioOption<Value extends string> = {
  readonly value: Value;
  readonly label: ReactNode;
  readonly note?: ReactNode;
  readonly disabled?: boolean;
};

/** A question with one answer out of several, each with room for a sentence. Arrow keys move, as everywhere. */
export function RadioGroup<Value extends string>(props: {
  label: ReactNode;
  name?: string;
  options: readonly RadioOption<Value>[];
  value: Value | undefined;
  onChange: (value: Value) => void;
  hint?: ReactNode;
  error?: string | undefined;
  className?: string;
}) {
  const id = useId();
  const hasError = props.error !== undefined && props.error !== "";
  const describedBy = clsx(props.hint !== undefined && `${id}-hint`, hasError && `${id}-error`);
  return (
    <fieldset
      className={clsx("flex flex-col gap-2", props.className)}
      aria-describedby={describedBy === "" ? undefined : describedBy}
    >
      <legend className="mb-1 font-medium">{props.label}</legend>
      {props.hint !== undefined && (
        <div id={`${id}-hint`} className="text-ink3 text-label">
          {props.hint}
        </div>
      )}
      {props.options.map((option) => (
        <Radio
          key={option.value}
          name={props.name ?? id}
          value={option.value}
          checked={option.value === props.value}
          onChange={() => props.onChange(option.value)}
          disabled={option.disabled ?? false}
          label={option.label}
          note={option.note}
        />
      ))}
      {hasError && (
        <p id={`${id}-error`} role="alert" className="text-label text-stop">
          {props.error}
        </p>
      )}
    </fieldset>
  );
}
