import { RUNNER_WORD } from "./process/ownProgram.ts";

/**
 * All of the installed agent, made into one file by `npm run build:agent`: its command line, the runner of a task, and what the
 * runner performs. One file, read whole at the start, because an upgrade takes the old one away under runners that go on.
 */
export { perform } from "./actions/perform.ts";

// Not awaited: the runner imports this very module for `perform`, which must have come to its end by then.
void (process.argv[2] === RUNNER_WORD ? import("./process/runner.ts") : import("./cli.ts"));
