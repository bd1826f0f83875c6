import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../domain/failure.ts";
import type { ActionRegistry } from "../actions/action.ts";
import { decodeJournal } from "../journal/journalLine.ts";
import type { OpenWork } from "../journal/openWork.ts";
import { openWork } from "../journal/openWork.ts";

/**
 * What stands open on this host, read from the journal on the disk: true whether the agent runs or not. Changes nothing. A journal
 * that can't be read throws `journalDamaged`: nobody then knows that nothing is open.
 */
export function readOpenWork(journalDirectory: string, actions: ActionRegistry): OpenWork {
  const path = join(journalDirectory, "journal.log");
  if (!existsSync(path)) return { runs: [], tasks: [] };
  const { records, damagedLine } = decodeJournal(readFileSync(path));
  if (damagedLine !== undefined) throw new Failure("journalDamaged", `Line ${damagedLine} of ${path} is damaged.`);
  return openWork(records, (action) => actions.get(action)?.spec.class !== "observe");
}

/** The same for a terminal. */
export function openWorkText({ runs, tasks }: OpenWork): string {
  const since = (at: number) => `since ${new Date(at).toISOString()}`;
  const lines = [
    ...runs.map((run) => `window open  run ${run.runId} ${since(run.since)}`),
    ...tasks.map((task) => `running      ${task.taskId} ${task.action} ${since(task.since)}`),
  ];
  return lines.length === 0 ? "idle: no window is open here, and nothing runs" : lines.join("\n");
}
