import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../domain/failure.ts";
import { TaskId } from "../../domain/ids.ts";
import { replaceFile, syncDirectory } from "./durableFile.ts";
import type { TaskFile } from "./spoolFiles.ts";
import { spoolPaths } from "./spoolFiles.ts";
import { describeWriteError } from "./spoolWriter.ts";

/**
 * Makes the directory that holds the spools of all tasks. One that others could write to would let them choose what a root process
 * reads: it is refused (`notPermitted`).
 */
export function openSpoolRoot(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  const isOurs = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
  if (isOurs) return;
  throw new Failure("notPermitted", `${path} must be a directory that only its owner, the agent, can write to.`);
}

/** Removes what starts that never came to their journal have left. What a runner has begun stays, whatever the journal knows. */
export function removeUnbegun(spoolRoot: string, isKnown: (taskId: TaskId) => boolean): void {
  for (const name of readdirSync(spoolRoot)) {
    const taskId = TaskId.safeParse(name);
    if (!taskId.success || isKnown(taskId.data) || existsSync(spoolPaths(join(spoolRoot, name)).runner)) continue;
    rmSync(join(spoolRoot, name), { recursive: true, force: true });
  }
}

/**
 * Makes the spool directory of one task, with its order in it, on the disk. Throws `diskFull` or `ioError`, and `unknownOutcome` when a
 * runner has begun that very task before.
 */
export function makeSpool(spoolRoot: string, task: TaskFile): string {
  const taskDir = join(spoolRoot, task.taskId);
  const paths = spoolPaths(taskDir);
  if (existsSync(paths.runner)) {
    throw new Failure(
      "unknownOutcome",
      `${taskDir} shows that this task was begun before, but the journal has lost it.`,
    );
  }
  try {
    // A directory of a start that never came to its journal: nothing ran.
    rmSync(taskDir, { recursive: true, force: true });
    mkdirSync(paths.output, { recursive: true, mode: 0o700 });
    replaceFile(paths.task, JSON.stringify(task), { durable: true });
    syncDirectory(spoolRoot);
    return taskDir;
  } catch (error) {
    const { code, message } = describeWriteError(error, `the spool in ${spoolRoot}`);
    throw new Failure(code, message, { cause: error });
  }
}
