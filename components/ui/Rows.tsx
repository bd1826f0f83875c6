import clsx from "clsx";
import type { ComponentPropsWithRef, ReactNode } from "react";

/** 26 px for steps, 36 for a checklist, 52 for lists of things. */
export type RowDensity = "step" | "check" | "list";

const HEIGHT = {
  step: "min-h-6.5 text-label",
  check: "min-h-9 py-1.5",
  list: "min-h-13 py-2",
} as const satisfies Record<RowDensity, string>;

/** A list of rows inside a card. `ordered` when the order means something, as it does for steps. */
export function Rows(props: { children: ReactNode; ordered?: boolean; label?: string; className?: string }) {
  const List = props.ordered ? "ol" : "ul";
  return (
    <List {...(props.label && { "aria-label": props.label })} className={clsx("flex flex-col", props.className)}>
      {props.children}
    </List>
  );
}

/**
 * One row: a mark, what it is, and its value at the right; a second line of small print under both.
 * @param rule a line above it; steps have none
 * @param chosen the row one is at: washed and with a 3 px edge
 */
export function Row({
  mark,
  aside,
  note,
  density = "list",
  rule = density !== "step",
  chosen,
  className,
  children,
  ...rest
}: ComponentPropsWithRef<"li"> & {
  mark?: ReactNode;
  aside?: ReactNode;
  note?: ReactNode;
  density?: RowDensity;
  rule?: boolean;
  chosen?: boolean;
}) {
  return (
    <li
      aria-current={chosen ? (density === "step" ? "step" : "true") : undefined}
      {...rest}
      className={clsx(
        "grid content-center items-center gap-x-2 px-4",
        mark === undefined ? "grid-cols-[minmax(0,1fr)_auto]" : "grid-cols-[1rem_minmax(0,1fr)_auto]",
        HEIGHT[density],
        rule && "border-line border-t",
        chosen && "chosen font-semibold",
        className,
      )}
    >
      {mark}
      <span className={clsx("min-w-0", density === "step" && "truncate phone:whitespace-normal")}>{children}</span>
      <span className="text-right">{aside}</span>
      {note !== undefined && (
        <span
          className={clsx(
            "font-normal text-ink3 text-label",
            mark === undefined ? "col-span-2" : "col-span-2 col-start-2",
          )}
        >
          {note}
        </span>
      )}
    </li>
  );
}

/** A heading between rows, with how many or how far: "Hosts", "6 of 6". */
export function RowGroup(props: { children: ReactNode; aside?: ReactNode }) {
  return (
    <li className="flex min-h-8 items-center justify-between gap-3 border-line border-t bg-sunken px-4 font-semibold text-label">
      <span>{props.children}</span>
      {props.aside !== undefined && <span className="text-ink3">{props.aside}</span>}
    </li>
  );
}
