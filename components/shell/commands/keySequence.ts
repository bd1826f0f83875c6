/** What has been pressed so far: the first key of a sequence such as G then H, and when. */
export type KeyState = { readonly pending: string | undefined; readonly sinceMs: number };

export const NO_KEYS: KeyState = { pending: undefined, sinceMs: 0 };

/** How long the second key of a sequence may take. */
const PATIENCE_MS = 1500;

/**
 * One key press, without side effects: which binding it completes, if any, and what is pending after it.
 * @param bindings all that can be pressed now: "h", "g w", "/"
 */
export function pressKey(
  state: KeyState,
  key: string,
  atMs: number,
  bindings: ReadonlySet<string>,
): { readonly state: KeyState; readonly match: string | undefined } {
  const isFresh = state.pending !== undefined && atMs - state.sinceMs <= PATIENCE_MS;
  if (isFresh) {
    const sequence = `${state.pending} ${key}`;
    if (bindings.has(sequence)) return { state: NO_KEYS, match: sequence };
  }
  for (const binding of bindings) {
    if (binding.startsWith(`${key} `)) return { state: { pending: key, sinceMs: atMs }, match: undefined };
  }
  // A key that breaks a sequence off does nothing by itself: whoever pressed G then H meant to go, not to hold.
  if (isFresh) return { state: NO_KEYS, match: undefined };
  return { state: NO_KEYS, match: bindings.has(key) ? key : undefined };
}

/** The key of an event as bindings name it; undefined where it is not meant for us (modifiers, composing, typing). */
export function keyOf(event: KeyboardEvent): string | undefined {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (event.key.length !== 1 || event.repeat) return undefined;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable=true]"))
    return undefined;
  // In a menu letters look for an item; while a dialog asks, only its answer counts.
  if (target?.closest("[role=menu], [role=listbox]") || document.querySelector("dialog:modal")) return undefined;
  return event.key.toLowerCase();
}
