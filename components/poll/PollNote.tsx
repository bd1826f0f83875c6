"use client";

import Link from "next/link";
import { useRun } from "../data/RunProvider.tsx";
import { Note } from "../ui/Note.tsx";
import { windowPath } from "../window/windowPages.ts";
import { askedGate } from "./pollWords.ts";

/** On every page of a window, for whoever was asked and has not answered: the question, and where it is answered. */
export function PollNote() {
  const { run, me, reader } = useRun();
  const gate = reader.may.answerPoll?.allowed === true ? askedGate(run, me.userId) : undefined;
  return (
    <div role="status" className="px-page">
      {gate?.poll && (
        <Note tone="ask" className="mt-2" title={`${gate.poll.by} asks the room: ${gate.poll.question || gate.title}`}>
          <p>
            You have not answered.{" "}
            <Link href={`${windowPath(run.windowId, "decide")}?gate=${encodeURIComponent(gate.gateId)}#poll`}>
              Say GO or NO-GO
            </Link>
          </p>
        </Note>
      )}
    </div>
  );
}
