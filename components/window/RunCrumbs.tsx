import Link from "next/link";
import { formatWindow } from "../../domain/format/time.ts";
import type { RunView } from "../../protocol/http/runs.ts";
import { KindBadge } from "../ui/StateBadge.tsx";
import { WINDOW_PAGES, windowPath } from "./windowPages.ts";

/**
 * In the bar of the Run page, instead of the places: which window this is, and its other pages. What is not encrypted is said on the
 * card of the current step, where there is room for it beside the state.
 */
export function RunCrumbs(props: { run: RunView }) {
  const { run } = props;
  return (
    <div className="flex min-w-0 items-center gap-x-4">
      <div className="flex min-w-0 items-center gap-2 whitespace-nowrap">
        <b
          className="truncate"
          title={`${run.service.name}: ${run.title}, ${formatWindow(run.startsAt, run.endsAt, run.zone)}`}
        >
          {run.title}
        </b>
        {/* On a phone the window's name needs all the room there is. */}
        <span className="flex phone:hidden">
          <KindBadge kind={run.kind} />
        </span>
      </div>
      <nav aria-label="Window" className="narrow:hidden">
        <ul className="flex gap-x-1">
          {WINDOW_PAGES.map((page) => (
            <li key={page.id}>
              <Link
                href={windowPath(run.windowId, page.id)}
                aria-current={page.id === "run" ? "page" : undefined}
                className="-outline-offset-2 relative flex h-12 items-center px-2 font-medium text-ink2 after:absolute after:inset-x-2 after:-bottom-px after:h-0.5 hover:text-ink hover:no-underline aria-[current=page]:text-ink aria-[current=page]:after:bg-ink"
              >
                {page.label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </div>
  );
}
