import { resolve } from "node:path";
import type { Config } from "./config.ts";

/** What makes the first admin of this server, to be typed in Slackwater's folder: nobody signs up by themselves. */
export function firstAdminCommand({ database, stateDirectory }: Pick<Config, "database" | "stateDirectory">): string {
  const words = 'npm run -s slackwater -- add-person --name "Your Name" --email you@example.org --role admin';
  const isDefault = stateDirectory === resolve(".slackwater");
  const state = /^[\w./-]+$/.test(stateDirectory) ? stateDirectory : `'${stateDirectory.replaceAll("'", "'\\''")}'`;
  // The addresses hold passwords, and this is said into a log and on a page.
  if (database) return `DATABASE_URL=… DATABASE_OWNER_URL=… ${isDefault ? "" : `STATE_DIRECTORY=${state} `}${words}`;
  return isDefault ? words : `${words} --state ${state}`;
}
