/**
 * The runner of the installed agent, with all that it performs: `npm run build:agent` makes it one file. It is read whole when a task
 * begins, because an upgrade takes the old file away under runners that go on.
 */
export { perform } from "./actions/perform.ts";

// Not awaited: the runner imports this very module for `perform`, which must have come to its end by then.
void import("./process/runner.ts");
