import { formatDayShort, formatTime } from "../../domain/format/time.ts";
import type { DueView, HomeView } from "../../protocol/http/home.ts";
import type { WindowLine } from "../../protocol/http/windows.ts";
import { Age } from "../ui/Age.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { Row, Rows } from "../ui/Rows.tsx";
import { KindBadge, StateBadge } from "../ui/StateBadge.tsx";
import { stateWordOf } from "../windows/findWindows.ts";

/** The next windows, soonest first. */
export function NextCard(props: { windows: readonly WindowLine[]; mayPlan: boolean }) {
  const { windows, mayPlan } = props;
  return (
    <Card title="Next" aside={mayPlan ? <a href="/windows/new">Plan a window</a> : undefined}>
      {windows.length === 0 ? (
        <EmptyState title="No window is planned">
          Here you will see the next windows with their time and state.
          {mayPlan && " One is planned from a runbook."}
        </EmptyState>
      ) : (
        <ul>
          {windows.map((window) => (
            <li
              key={window.windowId}
              className="grid min-h-13 grid-cols-[9rem_minmax(0,1fr)_9rem_10rem] items-center gap-x-3 border-line border-t px-4 py-2 phone:grid-cols-[minmax(0,1fr)_auto]"
            >
              <span className="text-ink2 phone:row-start-2 phone:text-label">
                {formatDayShort(window.startsAt, window.zone)}, {formatTime(window.startsAt, window.zone)}
              </span>
              <a href={`/windows/${window.windowId}`} className="font-medium text-ink">
                {window.title}
              </a>
              <span className="truncate text-ink3 text-label phone:hidden">
                {window.hosts.length > 2 ? `${window.hosts.length} hosts` : window.hosts.join(", ")}
              </span>
              <span className="flex flex-wrap gap-1">
                <StateBadge word={stateWordOf(window)} />
                {window.kind === "rehearsal" && <KindBadge kind="rehearsal" />}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** What finished windows ask for later. */
export function DueCard(props: { due: readonly DueView[] }) {
  if (props.due.length === 0) return null;
  return (
    <Card title="Due after windows">
      <Rows>
        {props.due.map((due) => (
          <Row
            key={due.id}
            mark={<Glyph name="clock" className="text-ink3" />}
            aside={
              <span className="whitespace-nowrap text-ink3 text-label">
                {due.kind === "retention" ? "from" : "by"} {formatDayShort(due.dueAt, due.zone)}
              </span>
            }
            note={due.window}
          >
            <a href={`/windows/${due.windowId}/report`} className="text-ink">
              {due.title}
            </a>
          </Row>
        ))}
      </Rows>
    </Card>
  );
}

/** Which hosts are not connected, and whether a window needs them. */
export function AwayCard(props: { hosts: HomeView["hosts"] }) {
  const { total, connected, away } = props.hosts;
  return (
    <Card title="Hosts" aside={total === 0 ? undefined : `${connected} of ${total} connected`}>
      {total === 0 && (
        <CardContent>
          <p className="text-ink2">
            No host is enrolled. They are added on the <a href="/hosts">Hosts</a> page.
          </p>
        </CardContent>
      )}
      {total > 0 && away.length === 0 && (
        <CardContent>
          <p className="text-ink2">All of them are connected.</p>
        </CardContent>
      )}
      {away.length > 0 && (
        <Rows>
          {away.map((host) => (
            <Row
              key={host.hostId}
              mark={<Glyph name="question" className="text-ink3" />}
              aside={
                <span className="whitespace-nowrap text-ink3 text-label">
                  {host.lastSeenAt === null ? (
                    "never seen"
                  ) : (
                    <>
                      last seen <Age sinceMs={host.lastSeenAt} ago />
                    </>
                  )}
                </span>
              }
              note={
                host.needed === null
                  ? "no open window needs it"
                  : `a window needs it from ${formatDayShort(host.needed.at, host.needed.zone)}, ${formatTime(host.needed.at, host.needed.zone)}`
              }
            >
              <a href="/hosts" className="text-ink">
                {host.name}
              </a>
            </Row>
          ))}
        </Rows>
      )}
    </Card>
  );
}
