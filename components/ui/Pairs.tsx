import clsx from "clsx";
import type { ReactNode } from "react";

export type Pair = {
  readonly name: string;
  readonly value: ReactNode;
  /** Where the value comes from, below its name. */
  readonly source?: ReactNode;
  /** How old it is, below the value. */
  readonly age?: ReactNode;
};

/** Names and values, two columns, each with its source and age below: the facts that a text or a decision rests on. */
export function Pairs(props: { items: readonly Pair[]; className?: string }) {
  return (
    <dl className={clsx("grid gap-y-1 text-label", props.className)}>
      {props.items.map((item) => (
        <div key={item.name} className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3">
          <dt>{item.name}</dt>
          <dd className="text-right font-semibold">{item.value}</dd>
          {(item.source !== undefined || item.age !== undefined) && (
            <dd className="col-span-2 flex justify-between gap-3 text-ink3">
              <span className="min-w-0">{item.source}</span>
              <span className="whitespace-nowrap">{item.age}</span>
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}
