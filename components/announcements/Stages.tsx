"use client";

import { formatDayShort, formatTime } from "../../domain/format/time.ts";
import type { AnnouncementLine } from "../../protocol/http/announcements.ts";
import { useRun } from "../data/RunProvider.tsx";
import type { GlyphName } from "../ui/Glyph.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { Row, RowGroup, Rows } from "../ui/Rows.tsx";

const STAGES = [
  { stage: "sent", title: "Sent", glyph: "check", look: "text-good" },
  { stage: "now", title: "Now", glyph: "ring", look: "text-move" },
  { stage: "next", title: "Next", glyph: "clock", look: "text-ink2" },
  { stage: "ifNeeded", title: "Ready if needed", glyph: "dash", look: "text-ink2" },
] as const satisfies readonly { stage: AnnouncementLine["stage"]; title: string; glyph: GlyphName; look: string }[];

const AUDIENCE = {
  users: "for users",
  team: "for the team",
  "status-page": "for the status page",
  ticket: "for a ticket or a call",
} as const satisfies Record<AnnouncementLine["audience"], string>;

/** The announcements by stage; one is chosen. */
export function Stages(props: { current: string; onChoose: (id: string) => void }) {
  const { run } = useRun();
  const today = formatDayShort(run.now, run.zone);
  const when = (line: AnnouncementLine): string => {
    if (line.at === null) return "";
    const day = formatDayShort(line.at, run.zone);
    return day === today ? formatTime(line.at, run.zone) : `${day}, ${formatTime(line.at, run.zone)}`;
  };
  return (
    <Rows label="Announcements">
      {STAGES.map(({ stage, title, glyph, look }) => {
        const lines = run.announcements.filter((line) => line.stage === stage);
        if (lines.length === 0) return null;
        return [
          <RowGroup key={stage} aside={lines.length}>
            {title}
          </RowGroup>,
          ...lines.map((line) => (
            <Row
              key={line.id}
              chosen={line.id === props.current}
              mark={<Glyph name={glyph} className={look} />}
              aside={<span className="font-normal text-ink3 text-label">{when(line)}</span>}
              note={AUDIENCE[line.audience]}
            >
              <button
                type="button"
                aria-pressed={line.id === props.current}
                onClick={() => props.onChoose(line.id)}
                className="-outline-offset-2 w-full text-left hover:underline touch:min-h-11"
              >
                {line.title}
              </button>
            </Row>
          )),
        ];
      })}
    </Rows>
  );
}
