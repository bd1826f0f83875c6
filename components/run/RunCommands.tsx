"use client";

import { useRouter } from "next/navigation";
import { useRun } from "../data/RunProvider.tsx";
import { useCommands } from "../shell/commands/CommandProvider.tsx";
import { windowPath } from "../window/windowPages.ts";
import { copyStatus } from "./copyStatus.ts";
import { LOG_SEARCH_ID } from "./logSearchId.ts";
import { useRailOrders } from "./OrderButtons.tsx";

/** The keys of the Run page: H holds, B asks for a rollback, C copies the status text, / searches the log. */
export function RunCommands() {
  const { run } = useRun();
  const router = useRouter();
  const { hold, rollBack, giveHold, askRollback } = useRailOrders();
  useCommands([
    {
      id: "hold",
      title: hold.label,
      group: "This run",
      keys: "h",
      run: giveHold,
      disabledReason: hold.because,
      keywords: ["pause", "stop", "resume"],
    },
    {
      id: "roll-back",
      title: "Roll back",
      group: "This run",
      keys: "b",
      run: askRollback,
      disabledReason: rollBack.because,
      keywords: ["undo", "back"],
    },
    { id: "copy-status", title: "Copy status text", group: "This run", keys: "c", run: () => void copyStatus(run) },
    {
      id: "search-log",
      title: "Search the log",
      group: "This run",
      keys: "/",
      run: () => document.getElementById(LOG_SEARCH_ID)?.focus(),
    },
    {
      id: "announcements",
      title: "Go to this window's announcements",
      group: "This run",
      keys: "g a",
      run: () => router.push(windowPath(run.windowId, "announcements")),
    },
  ]);
  return null;
}
