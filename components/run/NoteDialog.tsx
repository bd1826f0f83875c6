"use client";

import { useRun } from "../data/RunProvider.tsx";
import { TextOrderDialog } from "../window/TextOrderDialog.tsx";

/** Writes the hand-over note; each version stands in the record. */
export default function NoteDialog(props: { onClose: () => void }) {
  const { run } = useRun();
  return (
    <TextOrderDialog
      title="Hand-over note"
      description="For whoever takes over: what is unusual, what to look at, what was promised."
      safe="Leave it as it is"
      act="Save the note"
      label="Note"
      rows={5}
      initial={run.note?.text ?? ""}
      whenEmpty="An empty note says nothing."
      order={(text) => ({ order: "writeNote", text })}
      onClose={props.onClose}
    />
  );
}
