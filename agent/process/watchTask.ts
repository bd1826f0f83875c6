import type { FSWatcher } from "node:fs";
import { watch } from "node:fs";
import { basename } from "node:path";
import { spoolPaths } from "./spoolFiles.ts";

/** Tells when something in a task's spool directory may have changed. */
export interface TaskWatch {
  /**
   * Calls back when the file `name` of the directory (or, for `output`, anything below it) may have changed, and twice a second in any
   * case. Returns how to stop.
   */
  onChange(name: string, listener: () => void): () => void;
  /** Settles at the next such change, or when the watch is closed. */
  changed(name: string): Promise<void>;
  /** As if everything had changed. */
  poke(): void;
  close(): void;
}

/** Where the system tells of no changes (too many watches), this is how late a change is seen. */
const LOOK_EVERY_MS = 500;

function watchDirectory(path: string, onEvent: (name: string | null) => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, (_, name) => onEvent(name));
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

/** Watches a task's spool directory and its output. Keeps the process alive until it is closed. */
export function watchTask(taskDir: string): TaskWatch {
  const listeners = new Set<{ readonly name: string; readonly listener: () => void }>();
  const tell = (changed?: string | null) => {
    for (const { name, listener } of [...listeners]) if (!changed || changed === name) listener();
  };
  const { output } = spoolPaths(taskDir);
  const watchers = [watchDirectory(taskDir, tell), watchDirectory(output, () => tell(basename(output)))];
  const timer = setInterval(() => tell(), LOOK_EVERY_MS);
  const onChange = (name: string, listener: () => void) => {
    const entry = { name, listener };
    listeners.add(entry);
    return () => void listeners.delete(entry);
  };
  return {
    onChange,
    changed: (name) =>
      new Promise((resolve) => {
        const stop = onChange(name, () => {
          stop();
          resolve();
        });
      }),
    poke: () => tell(),
    close() {
      clearInterval(timer);
      for (const watcher of watchers) watcher?.close();
      tell();
      listeners.clear();
    },
  };
}
