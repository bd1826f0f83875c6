import type { WindowForm } from "./windowForm.ts";
import { emptyForm } from "./windowForm.ts";

/** In the tab's own storage: a draft is nobody else's, and goes with the tab. */
const KEY = "slackwater:new-window";

/** The form as it was left in this tab; undefined when there is none, or it can't be read any more. Browser only. */
export function loadDraft(): WindowForm | undefined {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return isRecord(kept) ? readDraft(kept) : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the form as it is. A browser that refuses (private mode, full) only loses the draft. */
export function saveDraft(form: WindowForm): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(form));
  } catch {
    // The form itself still holds everything.
  }
}

/** Throws the draft away. */
export function dropDraft(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Then it was never kept.
  }
}

/** A draft of any earlier version of this page, field by field: what does not fit is left out. */
export function readDraft(kept: Readonly<Record<string, unknown>>): WindowForm {
  const text = (name: string): string => (typeof kept[name] === "string" ? kept[name] : "");
  const texts = (name: string): Record<string, string> =>
    isRecord(kept[name])
      ? Object.fromEntries(
          Object.entries(kept[name]).flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])),
        )
      : {};
  const type = text("type");
  return {
    ...emptyForm(text("zone"), text("runbookDigest")),
    title: text("title"),
    serviceId: text("serviceId"),
    type: type === "urgent" || type === "emergency" ? type : "routine",
    startDate: text("startDate"),
    startTime: text("startTime"),
    startWhich: text("startWhich") === "second" ? "second" : "first",
    endDate: text("endDate"),
    endTime: text("endTime"),
    endWhich: text("endWhich") === "second" ? "second" : "first",
    hosts: texts("hosts"),
    parameters: texts("parameters"),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
