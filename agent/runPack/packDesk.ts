import type { RunId } from "../../domain/ids.ts";
import type { Head } from "../../domain/run/chain.ts";
import type { LoggedEvent } from "../../domain/run/events.ts";
import type { PackHeld } from "../../protocol/runPack.ts";
import type { PackBeside } from "./packFiles.ts";
import { packPaths } from "./packFiles.ts";
import type { PackPagesOptions } from "./packPages.ts";
import { keepPackPages } from "./packPages.ts";
import type { PackStore } from "./packStore.ts";
import { openPackStore } from "./packStore.ts";

/** The packs of this host as the agent deals with them: taken from the server, shown to the owner, let go of with their runs. */
export interface PackDesk extends Pick<PackStore, "takeBeside" | "takeEvents" | "read" | "runs"> {
  held(): PackHeld[];
  folderOf(runId: RunId): string;
  /** The run is over. */
  end(runId: RunId): void;
  /** For `status`. */
  list(): { runId: RunId; title: string; events: number; folder: string }[];
  close(): Promise<void>;
}

/** Opens the desk on the packs that lie in `directory`. */
export function openPackDesk(options: Omit<PackPagesOptions, "packs">): PackDesk {
  const { directory, fingerprint, log } = options;
  const packs = openPackStore(directory, { fingerprint, log });
  const pages = keepPackPages({ ...options, packs });
  const titles = new Map<RunId, string>();

  const titleOf = (runId: RunId): string => {
    const known = titles.get(runId);
    if (known !== undefined) return known;
    const read = packs.read(runId);
    const title = read.ok ? read.pack.about.window.title : read.problem;
    if (read.ok) titles.set(runId, title);
    return title;
  };

  return {
    takeBeside(runId, beside: PackBeside) {
      packs.takeBeside(runId, beside);
      titles.delete(runId);
      pages.renew(runId);
    },
    takeEvents(runId, after: Head, events: readonly LoggedEvent[]) {
      packs.takeEvents(runId, after, events);
      pages.renew(runId);
    },
    read: packs.read,
    runs: packs.runs,
    folderOf: (runId) => packPaths(directory, runId).folder,
    held: packs.held,
    end(runId) {
      titles.delete(runId);
      packs.remove(runId);
    },
    list: () =>
      packs.held().map(({ runId, head }) => ({
        runId,
        title: titleOf(runId),
        events: head.seq,
        folder: packPaths(directory, runId).folder,
      })),
    close: pages.close,
  };
}
