import { Buffer } from "node:buffer";
import { toEscapedName } from "../../domain/text/safeText.ts";

/** A command as people can read and copy it: what a shell would take apart is quoted. */
export function showCommand(command: readonly string[]): string {
  return command
    .map((word) => {
      const shown = toEscapedName(Buffer.from(word));
      return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
    })
    .join(" ");
}
