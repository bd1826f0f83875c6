"use client";

import { useSyncExternalStore } from "react";
import { lastAnnouncement, noAnnouncement, onAnnouncement } from "./announce.ts";

const lastPolite = () => lastAnnouncement("polite");
const lastAssertive = () => lastAnnouncement("assertive");

/** The two places where announcements are spoken. Mounted once, from the start: regions that appear later stay mute. */
export function LiveRegions() {
  const polite = useSyncExternalStore(onAnnouncement, lastPolite, noAnnouncement);
  const assertive = useSyncExternalStore(onAnnouncement, lastAssertive, noAnnouncement);
  return (
    <>
      <div role="status" aria-live="polite" className="sr-only">
        <span key={polite.number}>{polite.text}</span>
      </div>
      <div role="alert" aria-live="assertive" className="sr-only">
        <span key={assertive.number}>{assertive.text}</span>
      </div>
    </>
  );
}
