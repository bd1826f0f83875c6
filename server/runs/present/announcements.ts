import type { Announcement } from "../../../domain/runbook/schema.ts";
import { parseDuration } from "../../../domain/time.ts";
import type { AnnouncementLine } from "../../../protocol/http/runs.ts";
import type { Subject } from "./subject.ts";

/** Every announcement of the runbook with where it stands: sent, to be copied now, next, or ready if needed. */
export function presentAnnouncementLines(subject: Subject): readonly AnnouncementLine[] {
  return subject.plan.runbook.announcements.map((announcement) => ({
    id: announcement.id,
    title: announcement.title,
    audience: announcement.audience,
    ...whereItStands(subject, announcement),
  }));
}

function whereItStands({ state, sent }: Subject, announcement: Announcement): Pick<AnnouncementLine, "stage" | "at"> {
  const published = sent.findLast((one) => one.announcementId === announcement.id);
  if (published) return { stage: "sent", at: published.publishedAt };
  const { at } = announcement;
  if ("before" in at) return { stage: "next", at: state.windowStartsAt - (parseDuration(at.before) ?? 0) };
  switch (at.on) {
    case "anytime":
      return { stage: "now", at: null };
    case "rolledBack":
    case "late":
      return { stage: "ifNeeded", at: null };
    case "started":
    case "step":
    case "done":
      return { stage: state.outcome === undefined ? "next" : "ifNeeded", at: null };
    default:
      return at.on satisfies never;
  }
}
