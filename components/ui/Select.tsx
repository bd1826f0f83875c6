import clsx from "clsx";
import { ChevronDown } from "lucide-react";
import type { ComponentPropsWithRef } from "react";
import type { InputSize } from "./inputLook.ts";
import { inputLook } from "./inputLook.ts";

export type Option = { readonly value: string; readonly label: string; readonly disabled?: boolean };

/**
 * One of several, closed: the device's own list, which a phone shows as a wheel and which costs no script. For two to
 * four short ones take Segmented; where each needs a sentence, RadioGroup.
 */
export function Select({
  options,
  placeholder,
  size = "medium",
  className,
  ...rest
}: Omit<ComponentPropsWithRef<"select">, "size"> & {
  options: readonly Option[];
  placeholder?: string;
  size?: InputSize;
}) {
  return (
    <span className={clsx("relative inline-flex w-full", className)}>
      <select {...rest} className={clsx(inputLook({ size }), "appearance-none truncate pr-9")}>
        {placeholder !== undefined && <option value="">{placeholder}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled ?? false}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-3 -translate-y-1/2 text-ink3"
      />
    </span>
  );
}
