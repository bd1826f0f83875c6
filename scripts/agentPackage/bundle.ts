import path from "node:path";
import { rolldown } from "rolldown";
import { INSTALLED_RUNNER } from "../../agent/process/ownProgram.ts";

/** What is made of which module. agent/package/slackwater-agent.sh starts the first, the first starts the second. */
const PROGRAMS = { "slackwater-agent.js": "agent/cli.ts", [INSTALLED_RUNNER]: "agent/installedRunner.ts" };

/**
 * Makes the agent's programs in `folder`, each of one file (agent/installedRunner.ts says why), with all that it needs from npm and nothing
 * that it does not use. Neither minified nor renamed: the owner of a host can read what runs there as root.
 */
export async function bundleAgent(root: string, folder: string): Promise<void> {
  for (const [name, input] of Object.entries(PROGRAMS)) {
    const bundle = await rolldown({ cwd: root, input, platform: "node" });
    try {
      await bundle.write({ file: path.join(folder, name), format: "esm", codeSplitting: false });
    } finally {
      await bundle.close();
    }
  }
}
