import clsx from "clsx";
import { formatTimeRange, isoInstant } from "../../domain/format/time.ts";
import type { StatusView, StatusWindow } from "../../protocol/http/status.ts";
import { Badge } from "../ui/Badge.tsx";
import { plannedTime, timeNear, windowSentence, windowTitle } from "./statusTitle.ts";

/** What is on now, as the first thing on the page: its title says what a user can do. */
export function StatusNow(props: { view: StatusView; title: string }) {
  const { view, title } = props;
  const { current } = view;
  const [only] = current;
  const next = view.planned[0];
  return (
    <section
      aria-labelledby="now"
      className={clsx(
        "overflow-clip rounded-card border border-line bg-surface p-6 phone:p-4",
        only !== undefined && "border-t-3 border-t-move",
      )}
    >
      <Badge tone={only ? "move" : "plain"} glyph={only ? "ring" : view.services.length > 0 ? "check" : "circle"}>
        {only ? "Maintenance in progress" : "No maintenance now"}
      </Badge>
      <h1 id="now" className="mt-3 text-question phone:text-title">
        {title}
      </h1>
      {only === undefined && next !== undefined && (
        <p className="mt-1 text-ink2">
          Maintenance of {next.service} is planned for {plannedTime(next)}.
        </p>
      )}
      {only !== undefined && current.length === 1 && <OneWindow window={only} now={view.now} />}
      {current.length > 1 && (
        <ul className="mt-4 flex flex-col gap-4">
          {current.map((window) => (
            <li key={`${window.startsAt} ${window.service}`} className="border-line border-t pt-4">
              <p className="font-semibold">
                {window.service}: {windowTitle(window)}
              </p>
              <OneWindow window={window} now={view.now} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function OneWindow(props: { window: StatusWindow; now: number }) {
  const { window, now } = props;
  const { expectedFrom, expectedTo, zone } = window;
  return (
    <>
      <p className="mt-1 text-ink2">{windowSentence(window, now)}</p>
      <dl className="mt-4 grid grid-cols-2 gap-4">
        <div>
          <dt className="text-ink3 text-label">All work ends</dt>
          <dd className="font-semibold text-question phone:text-title">
            {expectedFrom === null || expectedTo === null ? (
              <span className="text-ink2">not known</span>
            ) : (
              <time dateTime={isoInstant(expectedTo)}>{formatTimeRange(expectedFrom, expectedTo, zone)}</time>
            )}
          </dd>
          <dd className="text-ink2 text-label">by the speed so far</dd>
        </div>
        <div>
          <dt className="text-ink3 text-label">Announced until</dt>
          <dd className="font-semibold text-question phone:text-title">
            <time dateTime={isoInstant(window.endsAt)}>{timeNear(window.endsAt, now, zone)}</time>
          </dd>
          <dd className="text-ink2 text-label">
            {window.state === "late" ? "that time is over" : `from ${timeNear(window.startsAt, now, zone)}`}
          </dd>
        </div>
      </dl>
    </>
  );
}
