"use client";

import Link from "next/link";
import { formatDayShort, formatDayTime, formatTime, zoneName } from "../../domain/format/time.ts";
import type { GateView } from "../../protocol/http/gates.ts";
import { useRun } from "../data/RunProvider.tsx";
import { TimeLeft } from "../ui/Age.tsx";
import { Badge } from "../ui/Badge.tsx";
import { useNow } from "../ui/Now.tsx";
import { KindBadge, StateBadge } from "../ui/StateBadge.tsx";
import { EncryptionBadge } from "../window/EncryptionBadge.tsx";
import { windowPath } from "../window/windowPages.ts";
import { waitsForReader } from "./deciding.ts";

/** The question, whether it waits for this reader, and until when it can be answered. */
export function DecideHead(props: { gate: GateView }) {
  const { gate } = props;
  const { run, me } = useRun();
  const now = useNow();
  return (
    <div className="border-line border-b bg-surface">
      <div className="mx-auto max-w-284 px-page py-5">
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <span className="flex flex-wrap gap-2">
            <GateBadge gate={gate} isMine={waitsForReader(gate, me.userId)} />
            <KindBadge kind={run.kind} />
            <EncryptionBadge encrypted={run.encrypted} />
          </span>
          {gate.expiresAt !== null && gate.stage === "asking" && (
            <span className="text-ink2 text-label">
              decide by <b className="text-ink">{untilText(gate.expiresAt, now, run.zone)}</b>
              {gate.expiresAt > now && (
                <>
                  , <TimeLeft untilMs={gate.expiresAt} />
                </>
              )}
            </span>
          )}
        </div>
        <h1 className="mt-3 text-question phone:text-title">GO or NO-GO: {gate.title}</h1>
        <p className="text-ink2">
          <Link href={windowPath(run.windowId, "run")} className="text-ink2">
            {run.title}
          </Link>
          , {formatDayTime(run.startsAt, run.zone)} to {formatTime(run.endsAt, run.zone)} {zoneName(run.zone)}
        </p>
      </div>
    </div>
  );
}

/** The time of day, with its day where that is not today's. */
function untilText(atMs: number, now: number, zone: string): string {
  const day = formatDayShort(atMs, zone);
  return day === formatDayShort(now, zone) ? formatTime(atMs, zone) : `${day}, ${formatTime(atMs, zone)}`;
}

/** Where the gate stands, in its word and colour. */
function GateBadge(props: { gate: GateView; isMine: boolean }) {
  const { gate } = props;
  switch (gate.stage) {
    case "asking":
      return <StateBadge word={props.isMine ? "Waiting for you" : "Waiting at gate"} />;
    case "open":
      return (
        <Badge tone="good" glyph="diamondFilled">
          Open
        </Badge>
      );
    case "refused":
      return (
        <Badge tone="stop" glyph="diamondCrossed">
          NO-GO
        </Badge>
      );
    case "ahead":
      return <Badge glyph="diamond">Ahead</Badge>;
    case "closed":
      return <Badge glyph="dash">Closed</Badge>;
    default:
      return gate.stage satisfies never;
  }
}
