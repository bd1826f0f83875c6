"use client";

import { formatDayTime } from "../../domain/format/time.ts";
import type { AnnouncementLine } from "../../protocol/http/announcements.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { Wells } from "../ui/Wells.tsx";
import { MessageText } from "./MessageText.tsx";
import { useAnnouncement } from "./useAnnouncement.ts";

/** The next announcement as it would read now; its facts are filled in again when it is sent. */
export function NextCard(props: { line: AnnouncementLine; zone: string }) {
  const { line, zone } = props;
  const { run } = useRun();
  const { view } = useAnnouncement(line.id, zone);
  return (
    <Card
      title={`Next: ${line.title}`}
      aside={
        line.at === null ? "as it would read now" : `as it would read now, planned ${formatDayTime(line.at, run.zone)}`
      }
    >
      {view ? (
        <CardContent className="border-line border-t px-6 pt-3 phone:px-4">
          <MessageText view={view} form="reader" zone={zone} />
          {view.missing.length > 0 && (
            <p className="mt-2 text-ink3 text-label">Without a value now: {view.missing.join(", ")}.</p>
          )}
        </CardContent>
      ) : (
        <Wells label="the next text" lines={3} />
      )}
    </Card>
  );
}
