import type { FSWatcher } from "node:fs";
import { watch } from "node:fs";
import { spoolPaths } from "./spoolFiles.ts";

/** Tells when something in a task's spool directory may have changed. */
export interface TaskWatch {
  /** Calls back on every change, and twice a second in any case. Returns how to stop. */
  onChange(listener: () => void): () => void;
  /** Settles at the next change, or when the watch is closed. */
  changed(): Promise<void>;
  /** As if something had changed. */
  poke(): void;
  close(): void;
}

/** Where the system tells of no changes (too many watches), this is how late a change is seen. */
const LOOK_EVERY_MS = 500;

function watchDirectory(path: string, onEvent: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, { persistent: false }, onEvent);
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

/** Watches a task's spool directory and its output. */
export function watchTask(taskDir: string): TaskWatch {
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  const watchers = [taskDir, spoolPaths(taskDir).output].map((path) => watchDirectory(path, tell));
  const timer = setInterval(tell, LOOK_EVERY_MS);
  timer.unref();
  const onChange = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    onChange,
    changed: () =>
      new Promise((resolve) => {
        const stop = onChange(() => {
          stop();
          resolve();
        });
      }),
    poke: tell,
    close() {
      clearInterval(timer);
      for (const watcher of watchers) watcher?.close();
      tell();
      listeners.clear();
    },
  };
}
