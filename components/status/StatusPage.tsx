import type { StatusView } from "../../protocol/http/status.ts";
import { RenewsItself } from "./RenewsItself.tsx";
import { ServiceRows } from "./ServiceRows.tsx";
import { StatusNow } from "./StatusNow.tsx";
import { plannedTime, statusTitle } from "./statusTitle.ts";
import { Updates } from "./Updates.tsx";
import { zoneWithOffset } from "./zoneWords.ts";

/** Larger type than the pages of the team: this one is read by anybody, on anything. */
const PUBLIC_TYPE =
  "text-body [--badge-height:1.75rem] [--text-body-line:1.5rem] [--text-body-size:1rem] [--text-heading-line:1.5rem] [--text-heading-size:1.125rem] [--text-label-line:1.25rem] [--text-label-size:0.875rem] [--text-mono-size:0.875rem]";

/** The public status page: what a user can do, when that changes, each service, and what was told. Works without script. */
export function StatusPage(props: { view: StatusView }) {
  const { view } = props;
  const zones = [...new Set([...view.current, ...view.planned, ...view.past].map(({ zone }) => zone))];
  const zone = zones[0] ?? "UTC";
  const told = [...view.current, ...view.past].filter(({ updates }) => updates.length > 0);
  return (
    <div className={PUBLIC_TYPE}>
      <main className="mx-auto flex max-w-180 flex-col gap-6 px-page py-4">
        <p className="py-2 font-semibold text-[1.125rem]">Status</p>
        <StatusNow view={view} title={statusTitle(view)} />
        <ServiceRows view={view} />
        {view.planned.length > 0 && (
          <section aria-labelledby="planned" className="flex flex-col gap-3">
            <h2 id="planned">Planned</h2>
            <ul className="flex flex-col gap-4">
              {view.planned.map((window) => (
                <li key={`${window.startsAt} ${window.service}`}>
                  <p className="font-semibold">{window.title}</p>
                  <p className="text-ink2">{plannedTime(window)}</p>
                  <Updates window={window} now={view.now} />
                </li>
              ))}
            </ul>
          </section>
        )}
        {told.map((window) => (
          <section key={`${window.startsAt} ${window.service}`} className="flex flex-col gap-3">
            <h2>
              {told.length === 1 && view.current.length === 1 ? "Updates" : `Updates: ${window.service}`}
              {view.past.includes(window) && (
                <span className="font-normal text-ink3">, {window.state === "done" ? "done" : "put off"}</span>
              )}
            </h2>
            <Updates window={window} now={view.now} />
          </section>
        ))}
        <footer className="flex flex-wrap justify-between gap-x-4 gap-y-1 border-line border-t pt-4 text-ink3 text-label">
          <p>
            Times are for {zoneWithOffset(zone, view.now)}
            {zones.length > 1 && " unless they say otherwise"}. <RenewsItself readAtMs={view.now} zone={zone} />
          </p>
          <a href="/api/status">JSON</a>
        </footer>
      </main>
    </div>
  );
}
