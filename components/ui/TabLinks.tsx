import clsx from "clsx";
import Link from "next/link";

export type TabLink = {
  readonly href: string;
  readonly label: string;
  readonly count?: number;
};

/** The pages of one thing, as links: Prepare, Runbook, Announcements. The one that is shown carries the 2 px line. */
export function TabLinks(props: { label: string; items: readonly TabLink[]; current: string; className?: string }) {
  return (
    <nav aria-label={props.label} className={clsx("border-line border-b", props.className)}>
      <ul className="-mb-px flex gap-x-5 overflow-x-auto phone:gap-x-6">
        {props.items.map((item) => (
          <li key={item.href} className="flex-none">
            <Link
              href={item.href}
              aria-current={item.href === props.current ? "page" : undefined}
              className="-outline-offset-2 flex min-h-9 items-center border-transparent border-b-2 pt-1 font-medium text-ink2 no-underline hover:text-ink hover:no-underline aria-[current=page]:border-ink forced-colors:border-[Canvas] forced-colors:aria-[current=page]:border-[Highlight] aria-[current=page]:text-ink touch:min-h-11"
            >
              {item.label}
              {item.count !== undefined && <span>&nbsp;{item.count}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
