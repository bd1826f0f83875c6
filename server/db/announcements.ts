import type { RunId, WindowId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import type { Queryable } from "./queryable.ts";

/** Numbers of the events by which an announcement became due that is not published yet, oldest first. */
export async function dueAnnouncements(db: Queryable, runId: RunId): Promise<number[]> {
  const { rows } = await db.query<{ seq: number }>({
    name: "due announcements",
    text: `select e.seq from run_event e
      where e.run_id = $1 and e.type = 'announcementDue'
        and not exists (select 1 from sent_announcement s where s.run_id = e.run_id and s.seq = e.seq)
      order by e.seq`,
    values: [runId],
  });
  return rows.map((row) => row.seq);
}

/** An announcement as it was rendered, with the event that made it due. */
export interface PublishedAnnouncement {
  readonly runId: RunId;
  readonly seq: number;
  readonly announcementId: string;
  readonly audience: string;
  readonly at: Instant;
  readonly subject: string;
  readonly markdown: string;
  readonly text: string;
  readonly html: string;
  readonly missing: readonly string[];
}

/** Publishes an announcement: once for its event, whoever is first. */
export async function storeAnnouncement(db: Queryable, published: PublishedAnnouncement): Promise<void> {
  const { runId, seq, announcementId, audience, at, subject, markdown, text, html, missing } = published;
  await db.query(
    `insert into sent_announcement
       (id, run_id, announcement_id, seq, audience, subject, markdown, text, html, missing, published_at)
     values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8, $9, to_timestamp($10::bigint / 1000.0))
     on conflict (run_id, seq) do nothing`,
    [runId, announcementId, seq, audience, subject, markdown, text, html, missing, at],
  );
}

/** What announcements say of a window: its own words and times, and the service that users know. */
export async function announcedWindow(db: Queryable, windowId: WindowId) {
  const { rows } = await db.query<{ title: string; service: string; zone: string; starts_at: Date; ends_at: Date }>(
    `select w.title, s.name as service, w.zone, w.starts_at, w.ends_at
     from "window" w join service s on s.id = w.service_id where w.id = $1`,
    [windowId],
  );
  const [row] = rows;
  if (!row) throw new Error(`window ${windowId} is not on record`);
  const { title, service, zone } = row;
  const startsAt = Instant.parse(row.starts_at.getTime());
  const endsAt = Instant.parse(row.ends_at.getTime());
  return { title, service, zone, startsAt, endsAt };
}
