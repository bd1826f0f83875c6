import { isoInstant } from "../../domain/format/time.ts";
import type { StatusWindow } from "../../protocol/http/status.ts";
import { RenderedHtml } from "../prose/RenderedHtml.tsx";
import { timeNear } from "./statusTitle.ts";

/** What users were told, newest first, each with its time in the zone of the window. */
export function Updates(props: { window: StatusWindow; now: number }) {
  const { updates, zone } = props.window;
  if (updates.length === 0) return null;
  return (
    <ol className="flex flex-col">
      {updates.map((update, place) => (
        <li
          key={`${update.at} ${update.subject}`}
          className="relative grid grid-cols-[5rem_1rem_minmax(0,1fr)] gap-x-3 pb-6 last:pb-0 phone:grid-cols-[1rem_minmax(0,1fr)]"
        >
          <time dateTime={isoInstant(update.at)} className="text-ink3 phone:order-3 phone:col-start-2 phone:text-label">
            {timeNear(update.at, props.now, zone)}
          </time>
          <span aria-hidden="true" className="relative flex justify-center">
            <span
              className={`relative z-10 mt-2 size-2.5 rounded-full ${place === 0 ? "bg-move" : "bg-ink3"} ring-4 ring-bg`}
            />
            {place < updates.length - 1 && <span className="-bottom-6 absolute top-3 w-0.5 bg-line" />}
          </span>
          <div className="min-w-0">
            <h3 className="font-semibold">{update.subject}</h3>
            <RenderedHtml html={update.html} className="text-ink2" />
          </div>
        </li>
      ))}
    </ol>
  );
}
