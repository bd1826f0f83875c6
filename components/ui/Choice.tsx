import clsx from "clsx";
import type { ComponentPropsWithRef, ReactNode } from "react";
import { useId } from "react";

type ChoiceProps = Omit<ComponentPropsWithRef<"input">, "type" | "size" | "children"> & {
  label: ReactNode;
  /** A sentence under the label. */
  note?: ReactNode;
};

const BOX =
  "forced-color-adjust-none grid size-4 flex-none appearance-none place-content-center border border-edge bg-surface transition-colors checked:border-move checked:bg-move disabled:cursor-not-allowed disabled:border-line disabled:bg-sunken";

/** A checkbox reports its own checked state; the role only changes its name from "ticked" to "on". */
const AS_SWITCH = { role: "switch" } as const;

function Labelled(props: {
  id: string;
  control: ReactNode;
  label: ReactNode;
  note: ReactNode;
  className?: string | undefined;
}) {
  return (
    <label
      htmlFor={props.id}
      className={clsx(
        "inline-grid cursor-pointer grid-cols-[auto_minmax(0,1fr)] items-center gap-x-2 touch:min-h-11",
        props.className,
      )}
    >
      {props.control}
      <span>{props.label}</span>
      {props.note !== undefined && <span className="col-start-2 text-ink3 text-label">{props.note}</span>}
    </label>
  );
}

/** Yes or no, decided when the form is sent. */
export function Checkbox({ label, note, className, id, ...rest }: ChoiceProps) {
  const ownId = useId();
  return (
    <Labelled
      id={id ?? ownId}
      label={label}
      note={note}
      className={className}
      control={
        <span className="relative inline-flex">
          <input {...rest} id={id ?? ownId} type="checkbox" className={clsx(BOX, "peer rounded-badge")} />
          <svg
            viewBox="0 0 16 16"
            fill="none"
            stroke="currentColor"
            strokeWidth="2.4"
            strokeLinecap="round"
            strokeLinejoin="round"
            aria-hidden="true"
            className="pointer-events-none absolute inset-0.5 size-3 text-on opacity-0 peer-checked:opacity-100"
          >
            <path d="m3.4 8.6 3.1 3.1 6.1-7.2" />
          </svg>
        </span>
      }
    />
  );
}

/** One of several. Use it inside RadioGroup, which names the question. */
export function Radio({ label, note, className, id, ...rest }: ChoiceProps) {
  const ownId = useId();
  return (
    <Labelled
      id={id ?? ownId}
      label={label}
      note={note}
      className={className}
      control={
        <input
          {...rest}
          id={id ?? ownId}
          type="radio"
          className={clsx(BOX, "rounded-full checked:border-[0.3125rem] checked:bg-surface")}
        />
      }
    />
  );
}

/** On or off, at once: sound, following the log. */
export function Switch({ label, note, className, id, ...rest }: ChoiceProps) {
  const ownId = useId();
  return (
    <Labelled
      id={id ?? ownId}
      label={label}
      note={note}
      className={className}
      control={
        <input
          {...rest}
          {...AS_SWITCH}
          id={id ?? ownId}
          type="checkbox"
          className="forced-color-adjust-none relative h-5 w-8 flex-none appearance-none rounded-full border border-edge bg-sunken transition-colors before:absolute before:top-0.5 before:left-0.5 before:size-3.5 before:rounded-full before:bg-ink3 before:transition-transform checked:border-move checked:bg-move checked:before:translate-x-3 checked:before:bg-on disabled:cursor-not-allowed disabled:border-line"
        />
      }
    />
  );
}
