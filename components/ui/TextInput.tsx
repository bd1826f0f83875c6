import clsx from "clsx";
import type { ComponentPropsWithRef } from "react";
import type { InputSize } from "./inputLook.ts";
import { inputLook } from "./inputLook.ts";

/** One line of text. Names, paths and commands are set in `mono`. Works with react-hook-form's `register`. */
export function TextInput({
  size = "medium",
  mono = false,
  className,
  type = "text",
  ...rest
}: Omit<ComponentPropsWithRef<"input">, "size"> & { size?: InputSize; mono?: boolean }) {
  return (
    <input
      {...rest}
      type={type}
      {...(mono && { spellCheck: false, autoCapitalize: "none", autoCorrect: "off" })}
      className={clsx(inputLook({ size, mono }), className)}
    />
  );
}

/** Several lines of text; grows with what is typed where the browser can. */
export function TextArea({
  mono = false,
  className,
  rows = 3,
  ...rest
}: ComponentPropsWithRef<"textarea"> & { mono?: boolean }) {
  return (
    <textarea
      {...rest}
      rows={rows}
      className={clsx(inputLook({ mono }), "max-h-96 resize-y py-1.5 [field-sizing:content]", className)}
    />
  );
}

/**
 * A number with its unit. It is a text field with a numeric keyboard: a number field throws away what it cannot read,
 * and a form keeps what was typed.
 */
export function NumberInput({
  unit,
  whole = false,
  size = "medium",
  className,
  ...rest
}: Omit<ComponentPropsWithRef<"input">, "size" | "type" | "inputMode"> & {
  unit?: string;
  whole?: boolean;
  size?: InputSize;
}) {
  const input = (
    <input
      {...rest}
      type="text"
      inputMode={whole ? "numeric" : "decimal"}
      autoComplete="off"
      className={clsx(inputLook({ size }), "max-w-40 text-right", className)}
    />
  );
  if (unit === undefined) return input;
  return (
    <span className="flex items-center gap-2">
      {input}
      <span className="text-ink2">{unit}</span>
    </span>
  );
}
