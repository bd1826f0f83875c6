import { formatTime } from "../../../domain/format/time.ts";
import type { RunView } from "../../../protocol/http/runs.ts";
import type { NowStep } from "../nowStep.ts";
import type { Part } from "./model.ts";

/** A host carries the run on by itself: what is known of it, and who can be asked. Nothing can be ordered here. */
export function takenOverCard(
  run: RunView,
  { host, by, since }: NonNullable<RunView["takenOver"]>,
  step: NowStep | undefined,
): Part {
  return {
    key: `taken over ${since}`,
    title: step?.title ?? "No step runs yet",
    showsProgress: step?.stage === "running",
    say: {
      what: `${host} carries this run on by itself since ${formatTime(since, run.zone)}: ${by} took it over there.`,
      data: run.dataSentence,
      todo: `Call ${by}. Orders are given in the terminal on ${host}, until the run is given back.`,
    },
  };
}
