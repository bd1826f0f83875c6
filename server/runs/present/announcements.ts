import type { Forecast } from "../../../domain/forecast/forecast.ts";
import type { Announcement } from "../../../domain/runbook/schema.ts";
import { parseDuration } from "../../../domain/time.ts";
import type { AnnouncementLine } from "../../../protocol/http/announcements.ts";
import type { Subject } from "./subject.ts";

/** Every announcement of the runbook with where it stands: sent, to be copied now, next, or ready if needed. */
export function presentAnnouncementLines(subject: Subject, forecast: Forecast): readonly AnnouncementLine[] {
  const isLate = (forecast.finishP50 ?? 0) > subject.state.windowEndsAt;
  return subject.plan.runbook.announcements.map((announcement) => ({
    id: announcement.id,
    title: announcement.title,
    audience: announcement.audience,
    ...whereItStands(subject, announcement, isLate),
  }));
}

function whereItStands(
  { state, sent }: Subject,
  announcement: Announcement,
  isLate: boolean,
): Pick<AnnouncementLine, "stage" | "at"> {
  const published = sent.findLast((one) => one.announcementId === announcement.id);
  if (published) return { stage: "sent", at: published.publishedAt };
  const { at } = announcement;
  if ("before" in at) {
    // Once it runs, nobody needs to hear any more that it will.
    const stage = state.startedAt === undefined && state.outcome === undefined ? "next" : "ifNeeded";
    return { stage, at: state.windowStartsAt - (parseDuration(at.before) ?? 0) };
  }
  const isGoingOn = state.stage === "running" || state.stage === "held" || state.stage === "rollingBack";
  switch (at.on) {
    case "anytime":
      return { stage: state.outcome === undefined ? "now" : "ifNeeded", at: null };
    case "step":
      // The status text: while the run goes on it is what support copies.
      return { stage: isGoingOn ? "now" : "next", at: null };
    case "late":
      return { stage: isGoingOn && isLate ? "now" : "ifNeeded", at: null };
    case "rolledBack":
      return { stage: state.rollback ? "next" : "ifNeeded", at: null };
    case "started":
    case "done":
      return { stage: state.outcome === undefined && !state.rollback ? "next" : "ifNeeded", at: null };
    default:
      return at.on satisfies never;
  }
}
