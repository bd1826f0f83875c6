import clsx from "clsx";
import type { ReactNode } from "react";
import { useId } from "react";

/** What Field hands to the control inside it: spread it on the input. */
export type FieldControl = {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": true | undefined;
  /** Not `required`: the browser would answer with its own bubble instead of our words beside the field. */
  readonly "aria-required": true | undefined;
};

/**
 * A label, a control, a hint and, beside the control, what is wrong with it. The control is made by a function, so that
 * its id, description and validity are always wired; what was typed stays with the control, whatever goes wrong.
 * @example <Field label="Title" error={errors.title?.message}>{(control) => <TextInput {...control} {...register("title")} />}</Field>
 */
export function Field(props: {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  required?: boolean;
  className?: string;
  children: (control: FieldControl) => ReactNode;
}) {
  const id = useId();
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const hasError = props.error !== undefined && props.error !== "";
  const describedBy = clsx(props.hint !== undefined && hintId, hasError && errorId);
  return (
    <div className={clsx("flex flex-col gap-1", props.className)}>
      <label htmlFor={id} className="font-medium">
        {props.label}
        {!props.required && <span className="font-normal text-ink3 text-label"> optional</span>}
      </label>
      {props.hint !== undefined && (
        <div id={hintId} className="text-ink3 text-label">
          {props.hint}
        </div>
      )}
      {props.children({
        id,
        "aria-describedby": describedBy === "" ? undefined : describedBy,
        "aria-invalid": hasError || undefined,
        "aria-required": props.required || undefined,
      })}
      {hasError && (
        <p id={errorId} role="alert" className="text-label text-stop">
          {props.error}
        </p>
      )}
    </div>
  );
}
