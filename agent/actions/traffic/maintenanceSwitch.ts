import { rm, stat, writeFile } from "node:fs/promises";
import type { BashLine } from "../../byHand/bash.ts";
import { bash } from "../../byHand/bash.ts";

/** True where the file is there: the service shows its maintenance page. */
export async function isSwitchedOn(switchFile: string): Promise<boolean> {
  return stat(switchFile).then(
    () => true,
    () => false,
  );
}

const CONTENTS = "Maintenance by Slackwater.";

/** Switches the maintenance page on. An empty path means that there is none. */
export async function switchOn(switchFile: string): Promise<boolean> {
  if (switchFile === "") return false;
  await writeFile(switchFile, `${CONTENTS}\n`, { mode: 0o644, flush: true });
  return true;
}

/** The same by hand. */
export const switchOnByHand = (switchFile: string): readonly BashLine[] => [
  bash`(umask 022 && printf '%s\n' ${CONTENTS} >${switchFile})`,
  bash`sync -- ${switchFile}`,
];

/** Switches it off. */
export async function switchOff(switchFile: string): Promise<boolean> {
  if (switchFile === "") return false;
  await rm(switchFile, { force: true });
  return true;
}
