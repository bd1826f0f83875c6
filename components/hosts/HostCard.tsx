"use client";

import { useState } from "react";
import { formatBytes } from "../../domain/format/bytes.ts";
import { formatCounted } from "../../domain/format/count.ts";
import type { HealthSample } from "../../protocol/agent.ts";
import type { BrowserFrame } from "../../protocol/browser.ts";
import type { HostView } from "../../protocol/http/hosts.ts";
import { useRoom } from "../data/live/LiveProvider.tsx";
import { Age } from "../ui/Age.tsx";
import { Badge } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Figure } from "../ui/Figure.tsx";
import { Fold } from "../ui/Fold.tsx";
import { StateBadge } from "../ui/StateBadge.tsx";
import { Words } from "../ui/Words.tsx";
import { healthFigures, postgresWords } from "./hostWords.ts";

/** Health comes once a second; older than this it is no more of now. */
const FRESH_MS = 15_000;

/** One host: whether it is connected, its health of now, the words of its key, and what is planned on it. */
export function HostCard(props: {
  host: HostView;
  /** Why the reader may not revoke it; undefined where they may. */
  revokeDisabled: string | undefined;
  onRevoke: () => void;
}) {
  const { host } = props;
  const [heard, setHeard] = useState<HealthSample | undefined>();
  const onFrame = (frame: BrowserFrame): void => {
    if (frame.type === "health" && frame.hostId === host.hostId) setHeard(frame.sample);
  };
  useRoom(`host:${host.hostId}`, onFrame, nothing);
  const stored = host.health ?? undefined;
  const sample = heard !== undefined && heard.at >= (stored?.at ?? 0) ? heard : stored;
  return (
    <Card title={host.name} aside={<Connection host={host} />}>
      <CardContent className="flex flex-col gap-3">
        {sample ? <Health sample={sample} /> : <p className="text-ink2">No health was measured yet.</p>}
        <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1">
          <dt className="text-ink3">Key</dt>
          <dd>
            <Words words={host.fingerprintWords} />
          </dd>
          <dt className="text-ink3">Open windows</dt>
          <dd>
            {host.openWindows.length === 0 && <span className="text-ink2">none</span>}
            {host.openWindows.map((window, place) => (
              <span key={window.windowId}>
                {place > 0 && ", "}
                <a href={`/windows/${window.windowId}`}>{window.title}</a>
              </span>
            ))}
          </dd>
        </dl>
        <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
          <Fold
            summary={`${formatCounted(host.actions.length, "action")}, agent ${host.agentVersion}`}
            className="min-w-0 flex-1"
          >
            <p className="pt-1 text-ink2 text-label">
              Enrolled <Age sinceMs={host.enrolledAt} ago />. This agent can do, where its agent.yaml allows it:
            </p>
            <p className="text-ink2 text-mono">
              <code>{host.actions.join(" ")}</code>
            </p>
          </Fold>
          <Button size="small" disabledReason={props.revokeDisabled} reasonPlace="below" onClick={props.onRevoke}>
            Revoke
          </Button>
        </div>
      </CardContent>
    </Card>
  );
}

// What was missed of health while the line was lost is not made up for: the next second brings a new figure.
function nothing(): void {}

function Connection(props: { host: HostView }) {
  const { connected, lastSeenAt } = props.host;
  if (connected) {
    return (
      <Badge tone="good" glyph="dot">
        Connected
      </Badge>
    );
  }
  return (
    <span className="inline-flex flex-wrap items-center justify-end gap-2">
      <span>
        {lastSeenAt === null ? (
          "never seen"
        ) : (
          <>
            last seen <Age sinceMs={lastSeenAt} ago className="font-semibold" />
          </>
        )}
      </span>
      <StateBadge word="Not connected" />
    </span>
  );
}

function Health(props: { sample: HealthSample }) {
  const { sample } = props;
  const postgres = postgresWords(sample);
  return (
    <div>
      <div className="grid grid-cols-4 gap-4 phone:grid-cols-2">
        {healthFigures(sample).map((figure) => (
          <Figure key={figure.label} {...figure} />
        ))}
      </div>
      <p className="mt-2 text-ink2 text-label">
        {sample.fileSystems.map(
          ({ path, freeBytes, totalBytes }) =>
            `${path}: ${formatBytes(freeBytes)} free of ${formatBytes(totalBytes)}. `,
        )}
        {postgres !== undefined && `PostgreSQL ${postgres}. `}
        <span className="text-ink3">
          Measured <Age sinceMs={sample.at} freshForMs={FRESH_MS} ago />
        </span>
      </p>
    </div>
  );
}

/** Where there is no host yet. */
export function NoHosts(props: { isAdmin: boolean }) {
  return (
    <Card aria-label="Hosts">
      <EmptyState title="No host is enrolled">
        Here you will see each host with its connection, its health and the words of its key. A host is added by its
        owner, with a command that {props.isAdmin ? "you make with the button above" : "an admin makes here"}.
      </EmptyState>
    </Card>
  );
}
