import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { rolldown } from "rolldown";
import { INSTALLED_RUNNER } from "../../agent/process/ownProgram.ts";
import { inAscii } from "./inAscii.ts";

/** What is made of which module. agent/package/slackwater-agent.sh starts the first, the first starts the second. */
const PROGRAMS = { "slackwater-agent.js": "agent/cli.ts", [INSTALLED_RUNNER]: "agent/installedRunner.ts" };

/**
 * Makes the agent's programs in `folder`, each of one file (agent/installedRunner.ts says why), with all that it needs from npm and nothing
 * that it does not use. Neither minified nor renamed: the owner of a host can read what runs there as root. Only letters beyond ASCII are
 * written as their numbers: V8 keeps a program that has one of them in twice the memory, for as long as it runs.
 */
export async function bundleAgent(root: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, input] of Object.entries(PROGRAMS)) {
    const bundle = await rolldown({ cwd: root, input, platform: "node" });
    try {
      const { output } = await bundle.generate({ format: "esm", codeSplitting: false });
      await writeFile(path.join(folder, name), inAscii(output[0].code));
    } finally {
      await bundle.close();
    }
  }
}
