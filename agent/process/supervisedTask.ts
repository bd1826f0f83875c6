import { basename } from "node:path";
import { z } from "zod";
import type { TaskId } from "../../domain/ids.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import { Instant } from "../../domain/time.ts";
import { Progress } from "../../protocol/agent.ts";
import { replaceFile } from "./durableFile.ts";
import { followOutput } from "./followOutput.ts";
import { openLiveReader } from "./liveFile.ts";
import type { SpoolPaths, UndoHint } from "./spoolFiles.ts";
import { readSpoolFile, ThrottleFile, TroubleFile } from "./spoolFiles.ts";
import type { OutputChunk } from "./spoolReader.ts";
import type { TaskWatch } from "./watchTask.ts";

/** progress.json (liveFile.ts): `turn` and `again` differ where it was read in the middle of being written. */
export const ProgressFile = z
  .strictObject({ turn: z.int(), at: Instant, progress: Progress, again: z.int() })
  .refine(({ turn, again }) => turn === again);
export type ProgressFile = z.infer<typeof ProgressFile>;

/** A task that was started, by this agent or by one before it, until it is forgotten. */
export interface SupervisedTask {
  readonly taskId: TaskId;
  /** How it ended; journalled before this resolves. Never rejects. */
  readonly ended: Promise<TaskReport>;
  readonly isRunning: boolean;
  /**
   * Its output from byte `from` on, also long after its end, until all is read or `signal` is aborted. Every byte is there once or
   * stated as lost. Several can read at once, each from where it will.
   */
  output(from: number, signal?: AbortSignal): AsyncGenerator<OutputChunk, void, undefined>;
  /** Calls back with the newest progress, and on every new one; at most ten times a second. Returns how to stop. */
  onProgress(listener: (progress: ProgressFile) => void): () => void;
  /** Calls back when its output can't be written (it is held meanwhile), and with undefined when it can again. */
  onTrouble(listener: (trouble: TroubleFile | undefined) => void): () => void;
  /** What the action wrote down for undoing, as far as it got. */
  undoHints(): readonly UndoHint[];
  /** How much it may take of its host, as was said last; undefined: nobody said anything. What can't be read counts as that. */
  throttle(): ThrottleFile | undefined;
  /** Its runner keeps to this within a fifth of a second. Throws what the system says (a full disk). */
  setThrottle(file: ThrottleFile): void;
}

/** Calls back with the content of a file whenever it has changed. A file that is half written or not there counts as undefined. */
function onFileChange<S extends z.ZodType>(
  watch: TaskWatch,
  path: string,
  shape: S,
  listener: (content: z.infer<S> | undefined) => void,
): () => void {
  let last: string | undefined;
  const look = () => {
    let content: z.infer<S> | undefined;
    try {
      content = readSpoolFile(path, shape);
    } catch {
      return;
    }
    const text = JSON.stringify(content);
    if (text === last) return;
    last = text;
    listener(content);
  };
  look();
  return watch.onChange(basename(path), look);
}

/** The same for the progress, which changes ten times a second, each time on somebody's screen at once. */
function onLiveChange(watch: TaskWatch, path: string, listener: (progress: ProgressFile) => void): () => void {
  const file = openLiveReader(path);
  let last: string | undefined;
  const look = () => {
    const text = file.read();
    if (text === undefined || text === last) return;
    last = text;
    const progress = readProgress(text);
    if (progress) listener(progress);
  };
  look();
  const stop = watch.onChange(basename(path), look);
  return () => {
    stop();
    file.close();
  };
}

function readProgress(text: string): ProgressFile | undefined {
  try {
    return ProgressFile.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Makes the view of a task that its reader gets. */
export function viewTask(task: {
  readonly taskId: TaskId;
  readonly paths: SpoolPaths;
  readonly watch: TaskWatch;
  readonly ended: Promise<TaskReport>;
  readonly report: () => TaskReport | undefined;
  readonly undoHints: () => readonly UndoHint[];
}): SupervisedTask {
  const { taskId, paths, watch, ended, report } = task;
  return {
    taskId,
    ended,
    get isRunning() {
      return report() === undefined;
    },
    output: (from, signal) =>
      followOutput(
        paths.output,
        from,
        { watch, isOver: () => report() !== undefined, totalBytes: () => report()?.outputBytes },
        signal,
      ),
    onProgress: (listener) => onLiveChange(watch, paths.progress, listener),
    onTrouble: (listener) => {
      let wasTroubled = false;
      return onFileChange(watch, paths.trouble, TroubleFile, (trouble) => {
        if (trouble || wasTroubled) listener(trouble);
        wasTroubled = trouble !== undefined;
      });
    },
    undoHints: task.undoHints,
    throttle: () => {
      try {
        return readSpoolFile(paths.throttle, ThrottleFile);
      } catch {
        return undefined;
      }
    },
    setThrottle: (file) => replaceFile(paths.throttle, JSON.stringify(file), { durable: false }),
  };
}
