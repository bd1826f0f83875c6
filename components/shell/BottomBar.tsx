import Link from "next/link";
import type { Place } from "./places.ts";

/** The four places under the thumb, on a phone only. */
export function BottomBar(props: { places: readonly Place[]; current: string | undefined }) {
  return (
    <nav
      aria-label="Places"
      className="fixed inset-x-0 bottom-0 z-20 border-line border-t bg-surface pb-[max(0.5rem,env(safe-area-inset-bottom))] tablet:hidden"
    >
      <ul className="grid grid-cols-4">
        {props.places.slice(0, 4).map((place) => (
          <li key={place.id}>
            <Link
              href={place.href}
              aria-current={place.id === props.current ? "page" : undefined}
              className="-mt-px -outline-offset-2 flex min-h-14 items-center justify-center border-transparent border-t-2 font-medium text-ink2 text-label hover:no-underline aria-[current=page]:border-ink forced-colors:border-[Canvas] forced-colors:aria-[current=page]:border-[Highlight] aria-[current=page]:font-semibold aria-[current=page]:text-ink"
            >
              {place.label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
