import path from "node:path";
import { rolldown } from "rolldown";

/** Name of the agent's one file, as agent/package/slackwater-agent.sh starts it. */
export const BUNDLE = "slackwater-agent.js";

/**
 * Makes the agent one file in `folder` (agent/installed.ts says why one), with all that it needs from npm and nothing that it does not
 * use. Neither minified nor renamed: the owner of a host can read what runs there as root.
 */
export async function bundleAgent(root: string, folder: string): Promise<void> {
  const bundle = await rolldown({ cwd: root, input: "agent/installed.ts", platform: "node" });
  try {
    await bundle.write({ file: path.join(folder, BUNDLE), format: "esm", codeSplitting: false });
  } finally {
    await bundle.close();
  }
}
