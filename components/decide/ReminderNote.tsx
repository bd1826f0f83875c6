"use client";

import { formatTime } from "../../domain/format/time.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Note } from "../ui/Note.tsx";
import { undecided, waitsForReader } from "./deciding.ts";

/** On every page of a window, once its reminder is due: which gate expires soon, and who has not decided. Read out when it comes. */
export function ReminderNote() {
  const { run, me } = useRun();
  return (
    <div role="status" className="px-page">
      {run.gates.map(
        (gate) =>
          gate.remindedAt !== null &&
          gate.stage === "asking" &&
          gate.expiresAt !== null && (
            <Note
              key={gate.gateId}
              tone="ask"
              className="mt-2"
              title={`“${gate.title}” ${waitsForReader(gate, me.userId) ? "waits for you" : "is undecided"} until ${formatTime(gate.expiresAt, run.zone)}`}
            >
              <p>Not decided yet: {undecided(gate).join(", ") || "nobody who may"}.</p>
            </Note>
          ),
      )}
    </div>
  );
}
