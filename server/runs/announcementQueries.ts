import { renderAnnouncement } from "../../domain/announcement/render.ts";
import type { AnnouncementContext } from "../../domain/announcement/values.ts";
import { announcementValues } from "../../domain/announcement/values.ts";
import { forecastOf } from "../../domain/forecast/forecast.ts";
import type { RunId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import type { AnnouncementView } from "../../protocol/http/runs.ts";
import type { House } from "../identity/door.ts";
import { presentAnnouncementLines } from "./present/announcements.ts";
import type { Subject } from "./present/subject.ts";
import { readSubject } from "./queries.ts";

/**
 * An announcement as it would read now, for a reader in another zone where one is asked for. What was published stays as it was: the
 * stage of the line says so, and `sent` its words.
 */
export async function viewAnnouncement(
  house: House,
  runId: RunId,
  announcementId: string,
  zone: string | undefined,
): Promise<AnnouncementView | undefined> {
  const subject = await readSubject(house, runId);
  const announcement = subject?.plan.runbook.announcements.find(({ id }) => id === announcementId);
  const line = subject && presentAnnouncementLines(subject).find(({ id }) => id === announcementId);
  if (!subject || !announcement || !line) return undefined;
  const rendered = renderAnnouncement(announcement, announcementValues(contextOf(subject, zone)));
  if ("message" in rendered) throw new Error(`announcement ${announcementId}: ${rendered.message}`);
  return {
    ...line,
    subject: rendered.subject,
    text: rendered.text,
    markdown: rendered.markdown,
    html: rendered.html,
    filled: rendered.filled.map(({ name, text, source, at }) => ({ name, value: text, source, at: at ?? null })),
    missing: rendered.missing,
    renderedAt: Instant.parse(Date.now()),
  };
}

/** What is known now. The issue of a rollback is what a person gave as its reason, else what was wrong. */
function contextOf({ plan, state, now, window, progress }: Subject, zone: string | undefined): AnnouncementContext {
  const { finishP90 } = forecastOf(plan, state, { now, progress });
  const issue = state.rollback?.reason ?? state.rollback?.detail;
  return {
    plan,
    run: state,
    parameters: state.parameters,
    now,
    window: {
      title: window.title,
      service: window.service.name,
      zone: zone ?? window.zone,
      startsAt: state.windowStartsAt,
      endsAt: state.windowEndsAt,
    },
    ...(finishP90 === undefined ? {} : { expectedEndAt: finishP90 }),
    ...(issue === undefined ? {} : { notes: { issue } }),
  };
}
