"use client";

import { useRun } from "../data/RunProvider.tsx";
import { Note } from "../ui/Note.tsx";
import { useNow } from "../ui/Now.tsx";
import { endText } from "./silenceWords.ts";

/** On every page of a window: which triggers do nothing now, by whom, until when and why. Read out when it comes. */
export function SilenceNote() {
  const { run } = useRun();
  const now = useNow();
  const silenced = run.triggers.filter(({ silence }) => silence.inForce !== null);
  return (
    <div role="status" className="px-page">
      {silenced.map(
        ({ id, title, silence }) =>
          silence.inForce && (
            <Note
              key={id}
              tone="ask"
              className="mt-2"
              title={`“${title}” is silenced ${endText(silence.inForce, now, run.zone)}`}
            >
              <p>
                By {silence.inForce.by.join(" and ")}: {silence.inForce.reason}
              </p>
            </Note>
          ),
      )}
    </div>
  );
}
