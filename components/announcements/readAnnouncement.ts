import type { AnnouncementView } from "../../protocol/http/announcements.ts";
import { getJson } from "../data/apiClient.ts";

/** An announcement as it reads now, in a reader's time zone. */
export function readAnnouncement(
  runId: string,
  announcementId: string,
  zone: string,
  signal?: AbortSignal,
): Promise<AnnouncementView> {
  const path = `/api/runs/${runId}/announcements/${encodeURIComponent(announcementId)}`;
  return getJson<AnnouncementView>(`${path}?zone=${encodeURIComponent(zone)}`, signal);
}
