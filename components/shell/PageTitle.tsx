import clsx from "clsx";
import Link from "next/link";
import type { ReactNode } from "react";

export type Crumb = { readonly label: string; readonly href?: string };

/** Where this page lies: "Orders / Window, routine". Only what has an address is a link. */
export function Crumbs(props: { items: readonly Crumb[]; className?: string }) {
  return (
    <nav aria-label="Where this is" className={props.className}>
      <ol className="flex flex-wrap gap-x-1.5 text-ink2 text-label">
        {props.items.map((item, place) => (
          <li key={item.label} className="flex gap-x-1.5">
            {place > 0 && (
              <span aria-hidden="true" className="text-ink3">
                /
              </span>
            )}
            {item.href === undefined ? (
              item.label
            ) : (
              <Link href={item.href} className="text-ink2">
                {item.label}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

/**
 * The head of a page: where it lies, its title with its state beside it, one line of facts, and at the right what can be
 * done. The only h1 of the page.
 */
export function PageTitle(props: {
  title: ReactNode;
  crumbs?: readonly Crumb[];
  badge?: ReactNode;
  /** Beside the title, in prose: "step 5 of 10, 61 %". */
  beside?: ReactNode;
  /** Below the title: when, where, which runbook. */
  note?: ReactNode;
  aside?: ReactNode;
  className?: string;
}) {
  return (
    <div className={clsx("flex flex-wrap items-start justify-between gap-x-6 gap-y-3", props.className)}>
      <div className="min-w-0">
        {props.crumbs && <Crumbs items={props.crumbs} />}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1>{props.title}</h1>
          {props.badge}
          {props.beside !== undefined && <span className="text-ink2">{props.beside}</span>}
        </div>
        {props.note !== undefined && <p className="text-ink2">{props.note}</p>}
      </div>
      {props.aside}
    </div>
  );
}
