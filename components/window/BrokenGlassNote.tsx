"use client";

import { formatDayTime } from "../../domain/format/time.ts";
import { brokenGlass } from "../../protocol/http/brokenGlass.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Note } from "../ui/Note.tsx";

/** On every page of a window, as long as it has pages: that a gate counts with one GO fewer, by whom and why. Read out when it comes. */
export function BrokenGlassNote() {
  const { run } = useRun();
  return (
    <div role="alert" className="px-page">
      {brokenGlass(run).map(({ gate, by, reason, at }) => (
        <Note key={`${gate} ${at}`} tone="stop" className="mt-2" title={`${by} broke the glass at “${gate}”`}>
          <p>
            It counts with one GO fewer since {formatDayTime(at, run.zone)}. Reason: {reason}
          </p>
        </Note>
      ))}
    </div>
  );
}
