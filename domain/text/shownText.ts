import { toEscapedName } from "./safeText.ts";

/**
 * Text that came from a server, in one line of a terminal: no sequence that could move the cursor and write over what was shown before,
 * no character that turns or hides others.
 */
export function shown(text: string): string {
  return toEscapedName(new TextEncoder().encode(text.replaceAll(/[ \t\r\n]+/g, " ").trim()));
}
