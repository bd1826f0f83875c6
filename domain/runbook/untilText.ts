import type { UntilSpec } from "./schema.ts";

/** What a step waits for, as it stands on paper: `until facts.team.is_ready has held for 5m, 30m at most`. */
export function untilText({ until, heldFor, atMost }: UntilSpec): string {
  return `until ${until}${heldFor === undefined ? "" : ` has held for ${heldFor}`}, ${atMost} at most`;
}
