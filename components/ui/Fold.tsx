import clsx from "clsx";
import { ChevronRight } from "lucide-react";
import type { ComponentPropsWithRef, ReactNode } from "react";

/** Something that can be folded away: the exact command, the steps of the rollback. Works without script. */
export function Fold({
  summary,
  children,
  className,
  ...rest
}: ComponentPropsWithRef<"details"> & { summary: ReactNode }) {
  return (
    <details {...rest} className={clsx("group folding", className)}>
      <summary className="inline-flex list-none items-center gap-1 font-medium text-ink2 text-label hover:text-ink touch:min-h-11 [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden="true" className="transition-transform group-open:rotate-90" />
        {summary}
      </summary>
      {children}
    </details>
  );
}
