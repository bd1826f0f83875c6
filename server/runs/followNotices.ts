import type { RunId } from "../../domain/ids.ts";
import type { NoticeListener } from "../db/noticeListener.ts";
import { listenForNotices } from "../db/noticeListener.ts";

// Next may load a module several times in one process; one connection listens for all who follow a run, and only while somebody does.
declare global {
  var slackwaterFollowing: { readonly listener: NoticeListener; followers: number } | undefined;
}

/** Most who follow runs at one process at the same time. */
export const MOST_FOLLOWERS = 500;

/** How many follow a run at this process now. */
export function followersNow(): number {
  return globalThis.slackwaterFollowing?.followers ?? 0;
}

/**
 * Tells when the log of a run may have grown: at a notice of it, and whenever notices may have been missed.
 * @returns lets go; the last one to do so closes the connection
 */
export function hearOfRun(databaseUrl: string, runId: RunId, hear: () => void): () => Promise<void> {
  globalThis.slackwaterFollowing ??= { listener: listenForNotices(databaseUrl, console.error), followers: 0 };
  const following = globalThis.slackwaterFollowing;
  following.followers += 1;
  const leave = following.listener.subscribe((notice) => {
    if (notice === undefined || (notice.about === "run" && notice.runId === runId)) hear();
  });
  return async () => {
    leave();
    following.followers -= 1;
    if (following.followers > 0) return;
    if (globalThis.slackwaterFollowing === following) globalThis.slackwaterFollowing = undefined;
    await following.listener.close();
  };
}
