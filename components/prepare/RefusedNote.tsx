"use client";

import { useRun } from "../data/RunProvider.tsx";
import { refusedApproval } from "../decide/deciding.ts";
import { Note } from "../ui/Note.tsx";

/** That the question for a start was refused, above a checklist which alone would look as if all were well. Nothing where it was not. */
export function RefusedNote() {
  const { run } = useRun();
  const refused = refusedApproval(run);
  if (!refused) return null;
  return (
    <Note tone="stop" title={refused.title} className="mb-4">
      <p>{refused.what}</p>
      <p>{refused.todo}</p>
    </Note>
  );
}
