import { fileURLToPath } from "node:url";
import { createLog } from "../../../../agent/log.ts";
import { startAgent } from "../../../../agent/main.ts";
import { TEST_ACTIONS } from "./testActions.ts";

/** The real agent with the actions of these tests: `agentProgram.ts <state directory> <agent.yaml>`. Meant to be killed. */
const [stateDir = "", configFile = ""] = process.argv.slice(2);
const log = createLog((text) => process.stderr.write(text), Date.now);
const performModule = fileURLToPath(new URL("testPerform.ts", import.meta.url));
try {
  const agent = await startAgent({ stateDir, configFile, actions: TEST_ACTIONS, performModule, log });
  process.stdout.write("ready\n");
  // As cli.ts does it: whatever is left open after stop() keeps this process alive, and the test that ended it finds out.
  await new Promise((resolve) => process.once("SIGTERM", resolve));
  await agent.stop();
} catch (error) {
  process.stdout.write(`failed ${error instanceof Error && "code" in error ? String(error.code) : String(error)}\n`);
  process.exitCode = 1;
}
