"use client";

import { useRun } from "../data/RunProvider.tsx";
import { TabLinks } from "../ui/TabLinks.tsx";
import type { WindowPageId } from "./windowPages.ts";
import { WINDOW_PAGES, windowPath } from "./windowPages.ts";

/** The tabs of a window. */
export function WindowTabs(props: { current: WindowPageId; className?: string }) {
  const { run } = useRun();
  const items = WINDOW_PAGES.map(({ id, label }) => ({
    href: windowPath(run.windowId, id),
    label,
    ...(id === "announcements" && { count: run.announcements.length }),
  }));
  return (
    <TabLinks
      label="Window"
      items={items}
      current={windowPath(run.windowId, props.current)}
      {...(props.className !== undefined && { className: props.className })}
    />
  );
}
