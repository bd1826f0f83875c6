import clsx from "clsx";
import type { ReactNode } from "react";

/** Nothing here yet: what will be here, and the one way to get there. */
export function EmptyState(props: { title: ReactNode; children?: ReactNode; action?: ReactNode; className?: string }) {
  return (
    <div className={clsx("flex flex-col items-start gap-1 px-4 py-5", props.className)}>
      <p className="font-semibold">{props.title}</p>
      {props.children !== undefined && <p className="max-w-prose text-ink2">{props.children}</p>}
      {props.action !== undefined && <div className="mt-3">{props.action}</div>}
    </div>
  );
}
