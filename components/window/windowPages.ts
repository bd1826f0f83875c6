import type { RunView } from "../../protocol/http/runs.ts";

/** The pages of a window, in the order of its tabs. */
export const WINDOW_PAGES = [
  { id: "prepare", label: "Prepare" },
  { id: "decide", label: "Decide" },
  { id: "run", label: "Run" },
  { id: "announcements", label: "Announcements" },
  { id: "report", label: "Report" },
] as const;

export type WindowPageId = (typeof WINDOW_PAGES)[number]["id"];

/** The page of a window that matters in its stage. */
export function pageForNow(run: Pick<RunView, "stage">): WindowPageId {
  switch (run.stage) {
    case "preparing":
      return "prepare";
    case "deciding":
      return "decide";
    case "ready":
    case "running":
    case "held":
    case "rollingBack":
      return "run";
    case "ended":
      return "report";
    default:
      return run.stage satisfies never;
  }
}

/** The address of a window's page. */
export function windowPath(windowId: string, page: WindowPageId): string {
  return `/windows/${windowId}/${page}`;
}
