import { isDatabaseFull } from "./db/databaseAway.ts";

/** Why the server did not start, in words for whoever starts it. */
export function whyNotStarted(error: unknown, stateDirectory: string): string {
  const said = error instanceof Error ? error.message : String(error);
  const isFull = isDatabaseFull(error) || (error instanceof Error && "code" in error && error.code === "ENOSPC");
  if (!isFull) return said;
  return `The disk of ${stateDirectory} is full. Make room there and start again; what was stored is still there.\n${said}`;
}
