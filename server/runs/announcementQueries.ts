import { renderAnnouncement } from "../../domain/announcement/render.ts";
import type { AnnouncementContext } from "../../domain/announcement/values.ts";
import { announcementValues } from "../../domain/announcement/values.ts";
import type { Forecast } from "../../domain/forecast/forecast.ts";
import { forecastOf } from "../../domain/forecast/forecast.ts";
import type { RunId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import type { AnnouncementView } from "../../protocol/http/announcements.ts";
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
  if (!subject || !announcement) return undefined;
  const { plan, state, now, progress } = subject;
  const forecast = forecastOf(plan, state, { now, progress });
  const line = presentAnnouncementLines(subject, forecast).find(({ id }) => id === announcementId);
  if (!line) return undefined;
  const rendered = renderAnnouncement(announcement, announcementValues(contextOf(subject, forecast, zone)));
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
function contextOf(
  { plan, state, now, window }: Subject,
  { finishP90 }: Forecast,
  zone: string | undefined,
): AnnouncementContext {
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
    ...(finishP90 === undefined ? {} : { expectedEndAt: Instant.parse(Math.round(finishP90)) }),
    ...(issue === undefined ? {} : { notes: { issue } }),
  };
}
