import { join } from "node:path";
import { startAgent } from "../../../agent/main.ts";
import { BENCH_ACTIONS } from "./benchRegistry.ts";

/** The real agent (journal, runner, link) with one action of the benchmark's own. Arguments: state directory, agent.yaml. */
const [stateDir = "", configFile = ""] = process.argv.slice(2);
await startAgent({
  stateDir,
  configFile,
  actions: BENCH_ACTIONS,
  performModule: join(import.meta.dirname, "benchPerform.ts"),
  log: (line) => process.stderr.write(`agent: ${line}\n`),
});
process.send?.({ running: true });
