"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { AnnouncementView } from "../../protocol/http/announcements.ts";
import { wordsOfError } from "../data/apiClient.ts";
import { queryKeys } from "../data/queryKeys.ts";
import { useRun } from "../data/RunProvider.tsx";
import { readAnnouncement } from "./readAnnouncement.ts";

/** A text is read again so often while it is on screen: the forecast in it moves without an event. */
const READ_EVERY_MS = 15_000;

/** An announcement as it reads now; read again whenever the run's log has grown. */
export function useAnnouncement(
  announcementId: string,
  zone: string,
): { readonly view: AnnouncementView | undefined; readonly trouble: string | undefined } {
  const { run } = useRun();
  const { data, error } = useQuery({
    queryKey: [...queryKeys.announcement(run.runId, announcementId, zone), run.seq],
    queryFn: ({ signal }) => readAnnouncement(run.runId, announcementId, zone, signal),
    placeholderData: keepPreviousData,
    refetchInterval: READ_EVERY_MS,
  });
  return { view: data, trouble: error ? wordsOfError(error).message : undefined };
}
