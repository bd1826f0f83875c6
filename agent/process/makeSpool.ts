import { lstatSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../domain/failure.ts";
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

/** Makes the spool directory of one task, with its order in it, on the disk. Throws `diskFull` or `ioError`. */
export function makeSpool(spoolRoot: string, task: TaskFile): string {
  const taskDir = join(spoolRoot, task.taskId);
  const paths = spoolPaths(taskDir);
  try {
    // A directory without an entry in the journal is of a start that never came to its journal: nothing ran.
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
