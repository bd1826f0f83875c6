import clsx from "clsx";
import { useId } from "react";

export type Segment<Value extends string> = {
  readonly value: Value;
  readonly label: string;
  /** How many there are, after the label: "Warnings 2". */
  readonly count?: number;
};

/** Two to five short views of the same thing; exactly one is chosen. Radio buttons underneath, so arrow keys work. */
export function Segmented<Value extends string>(props: {
  label: string;
  options: readonly Segment<Value>[];
  value: Value;
  onChange: (value: Value) => void;
  size?: "small" | "medium";
  className?: string;
}) {
  const name = useId();
  const small = (props.size ?? "small") === "small";
  return (
    <fieldset
      className={clsx(
        "inline-flex max-w-full border border-edge has-focus-visible:outline-2 has-focus-visible:outline-move has-focus-visible:outline-offset-2",
        small ? "rounded-badge" : "rounded-control",
        props.className,
      )}
    >
      <legend className="sr-only">{props.label}</legend>
      {props.options.map((option) => (
        <label
          key={option.value}
          className={clsx(
            "forced-color-adjust-none relative flex cursor-pointer items-center justify-center border-line border-r px-2 font-medium text-ink2 transition-colors first-of-type:rounded-l-[inherit] last:rounded-r-[inherit] last:border-r-0 hover:bg-sunken has-checked:bg-ink has-checked:text-surface touch:min-h-11",
            small ? "min-h-5.5 text-label" : "min-h-7.5 px-3 text-body",
          )}
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === props.value}
            onChange={() => props.onChange(option.value)}
            className="absolute inset-0 cursor-pointer appearance-none opacity-0"
          />
          {option.label}
          {option.count !== undefined && ` ${option.count}`}
        </label>
      ))}
    </fieldset>
  );
}
