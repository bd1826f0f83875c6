import clsx from "clsx";
import type { ReactNode } from "react";

/** Trouble in three lines, always in this order: what happened, where the data is, what to do. */
export function Trouble(props: { what: ReactNode; data: ReactNode; do: ReactNode; className?: string }) {
  const lines = [
    ["What", props.what],
    ["Data", props.data],
    ["Do", props.do],
  ] as const;
  return (
    <dl className={clsx("grid grid-cols-[2.75rem_minmax(0,1fr)] items-baseline gap-x-2 gap-y-0.5", props.className)}>
      {lines.map(([name, words]) => (
        <div key={name} className="contents">
          <dt className="text-ink3 text-label">{name}</dt>
          <dd>{words}</dd>
        </div>
      ))}
    </dl>
  );
}
