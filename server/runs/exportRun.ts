import type { RunId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import { exportRun } from "../db/runExport.ts";
import type { House } from "../identity/door.ts";

/** A run as a file that anyone can check offline (`slackwater verify`), with the name to save it under. */
export interface RunFile {
  readonly name: string;
  readonly text: string;
}

/** The whole log of a run as it stands now, or undefined when there is no such run. No name of a person is in it. */
export async function exportedRun({ pool, settings }: House, runId: RunId): Promise<RunFile | undefined> {
  const { names, origins } = settings;
  const rpId = names[0]?.rpId ?? "";
  const text = await exportRun(pool, runId, { rpId, origins: [...origins] }, Instant.parse(Date.now()));
  return text === undefined ? undefined : { name: `run-${runId}.jsonl`, text };
}
