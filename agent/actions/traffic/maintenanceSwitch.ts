import { rm, stat, writeFile } from "node:fs/promises";

/** True where the file is there: the service shows its maintenance page. */
export async function isSwitchedOn(switchFile: string): Promise<boolean> {
  return stat(switchFile).then(
    () => true,
    () => false,
  );
}

/** Switches the maintenance page on. An empty path means that there is none. */
export async function switchOn(switchFile: string): Promise<boolean> {
  if (switchFile === "") return false;
  await writeFile(switchFile, "Maintenance by Slackwater.\n", { mode: 0o644, flush: true });
  return true;
}

/** Switches it off. */
export async function switchOff(switchFile: string): Promise<boolean> {
  if (switchFile === "") return false;
  await rm(switchFile, { force: true });
  return true;
}
