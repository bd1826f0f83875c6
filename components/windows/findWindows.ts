import type { WindowLine } from "../../protocol/http/windows.ts";
import type { StateWord } from "../ui/stateWords.ts";
import { STATE_WORDS } from "../ui/stateWords.ts";

/** Which part of the list is shown. */
export type Shown = "open" | "over" | "all";

const OVER: ReadonlySet<string> = new Set<StateWord>(["Done", "Rolled back", "Abandoned"]);

/** True once nothing more will happen in a window. */
export function isOver(window: Pick<WindowLine, "stateWord">): boolean {
  return OVER.has(window.stateWord);
}

/** The word for a window's state; one that a newer server invented is Unknown. */
export function stateWordOf(window: Pick<WindowLine, "stateWord">): StateWord {
  return STATE_WORDS.find((word) => word === window.stateWord) ?? "Unknown";
}

/** The windows of a part of the list that have all of the words, in any of what names them; the order stays. */
export function findWindows(windows: readonly WindowLine[], shown: Shown, words: string): readonly WindowLine[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return windows.filter((window) => {
    if (shown !== "all" && isOver(window) !== (shown === "over")) return false;
    const text = [window.title, window.service.name, window.runbookTitle, window.type, ...window.hosts].join(" ");
    return wanted.every((word) => text.toLowerCase().includes(word));
  });
}
