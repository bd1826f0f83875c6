import { readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { Instant } from "../../domain/time.ts";
import { errnoOf, replaceFile, syncDirectory } from "../process/durableFile.ts";

export const Hold = z.strictObject({ since: Instant, reason: z.string() });
/** The owner's word that nothing new may begin on this host. */
export type Hold = z.infer<typeof Hold>;

/** The hold in force, kept in a file so that neither a restart nor a reboot lifts it. */
export interface HoldSwitch {
  current(): Hold | undefined;
  hold(reason: string, now: Instant): void;
  release(): void;
}

export function openHoldSwitch(path: string): HoldSwitch {
  let current = read(path);
  return {
    current: () => current,
    hold(reason, now) {
      const hold: Hold = { since: now, reason };
      replaceFile(path, `${JSON.stringify(hold)}\n`, { durable: true });
      current = hold;
    },
    release() {
      rmSync(path, { force: true });
      syncDirectory(dirname(path));
      current = undefined;
    },
  };
}

/** A file that can't be read holds too: the safe reading of a doubt. */
function read(path: string): Hold | undefined {
  try {
    return Hold.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    return { since: Instant.parse(0), reason: `${path} can't be read` };
  }
}
