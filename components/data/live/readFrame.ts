import type { BrowserFrame } from "../../../protocol/browser.ts";

/** What must be there in a frame of each type for the page to use it; each with the type of its value. */
const FIELDS = {
  runChanged: { runId: "string", windowId: "string", seq: "number" },
  progress: { runId: "string", taskId: "string", stepId: "string", at: "number", progress: "object" },
  health: { hostId: "string", sample: "object" },
  output: { runId: "string", taskId: "string", offset: "number", endOffset: "number", text: "string" },
  hostChanged: { hostId: "string", connected: "boolean", at: "number" },
  windowsChanged: {},
  present: { runId: "string", people: "object" },
} as const satisfies Record<BrowserFrame["type"], Readonly<Record<string, string>>>;

/**
 * Reads a frame, or undefined for one that is not in the catalogue (a newer server's): what it would have said, the page reads over
 * HTTP anyway. By hand and not by `BrowserFrame` itself: its library is a seventh of what a first load may weigh, the frames come
 * from our own server, and no order or decision rests on them.
 */
export function readFrame(raw: unknown): BrowserFrame | undefined {
  return isFrame(raw) ? raw : undefined;
}

function isFrame(raw: unknown): raw is BrowserFrame {
  if (typeof raw !== "object" || raw === null || !("type" in raw)) return false;
  const fields = Object.entries(FIELDS).find(([type]) => type === raw.type)?.[1];
  if (fields === undefined) return false;
  const values = new Map(Object.entries(raw));
  return Object.entries(fields).every(([name, type]) => {
    const value: unknown = values.get(name);
    return typeof value === type && value !== null;
  });
}
