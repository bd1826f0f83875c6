import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { postgresAtRest } from "../../../domain/action/postgres.ts";
import type { PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { isCleanlyShutDown } from "../../tools/pgControldata.ts";
import { noteOf } from "../action.ts";
import { observing } from "../observing.ts";
import { openBelow } from "../openFiles.ts";
import { atRestByHand } from "./atRestByHand.ts";
import { readControl } from "./controlFile.ts";
import { inspectContainer, whereItLies } from "./whereItLies.ts";

/** What the proof found. */
export type AtRest = z.output<typeof postgresAtRest.result>;

/**
 * Proves that a data directory is at rest: its control file says "shut down", no server owns it, nothing will start one again by
 * itself, and no process has a file open below it. Each alone can be true by accident; a copy needs all four.
 */
export async function proveAtRest(cluster: PostgresTarget, directory: string, context: ActionContext): Promise<AtRest> {
  const control = await readControl(directory, cluster.kind === "plain" ? cluster.binDir : "", context);
  const serverRunning = await isServerRunning(directory);
  const restartPolicy = await restartPolicyOf(cluster, context);
  const open = await openBelow(directory);
  return {
    at_rest: isCleanlyShutDown(control) && !serverRunning && restartPolicy === "no" && open.length === 0,
    control_state: control.state,
    server_running: serverRunning,
    restart_policy: restartPolicy,
    open_files_count: open.length,
    open_by: open.slice(0, 20).map(({ pid, command, path }) => `${command} (${pid}): ${path}`.slice(0, 400)),
    system_identifier: control.systemIdentifier,
  };
}

/** True where postmaster.pid names a process that lives and is no zombie. A container's pid is another's number outside: see the open files. */
async function isServerRunning(directory: string): Promise<boolean> {
  const lock = await readFile(join(directory, "postmaster.pid"), "utf8").catch(() => "");
  const pid = Number.parseInt(lock, 10);
  if (!Number.isInteger(pid) || pid <= 1) return false;
  const [stat, command] = await Promise.all([
    readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""),
    readFile(`/proc/${pid}/comm`, "utf8").catch(() => ""),
  ]);
  return stat !== "" && !/^\d+ \(.*\) Z/.test(stat) && /postgres|postmaster/.test(command);
}

/** `no` where nothing brings the server back by itself. */
async function restartPolicyOf(cluster: PostgresTarget, context: ActionContext): Promise<string> {
  if (cluster.kind === "plain") return "no";
  const container = await inspectContainer(cluster.container, context);
  const policy = container.HostConfig.RestartPolicy.Name || "no";
  return container.State.Running ? `${policy}, running` : policy;
}

/** `postgres.atRest`. */
export const postgresAtRestAction = observing(postgresAtRest, {
  plan: ({ cluster, directory }) => {
    const where = directory || cluster.dataDir || cluster.container;
    const text = `read the control file of ${where}, look for a server, a restart policy and open files`;
    return [noteOf(text, atRestByHand(cluster, directory))];
  },
  run: async ({ cluster, directory }, context) =>
    proveAtRest(cluster, directory === "" ? (await whereItLies(cluster, context)).directory : directory, context),
});
