import type { AnnouncementLine } from "../../protocol/http/announcements.ts";

const AUDIENCES: readonly AnnouncementLine["audience"][] = ["users", "status-page", "ticket", "team"];
const STAGES: readonly AnnouncementLine["stage"][] = ["now", "next", "sent", "ifNeeded"];

/** The announcement that says how things stand: what is for now, for users first. Undefined where the runbook has none at all. */
export function statusAnnouncement(lines: readonly AnnouncementLine[]): AnnouncementLine | undefined {
  for (const stage of STAGES) {
    const there = lines.filter((line) => line.stage === stage);
    // Of what was sent, the newest is true for longest.
    const ordered = stage === "sent" ? there.toReversed() : there;
    const found = AUDIENCES.flatMap((audience) => ordered.find((line) => line.audience === audience) ?? [])[0];
    if (found) return found;
  }
  return undefined;
}
