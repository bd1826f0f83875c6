import { realpath } from "node:fs/promises";
import type { z } from "zod";
import { postgresStart } from "../../../domain/action/postgres.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { dockerSetRestartCall, dockerStartCall } from "../../tools/docker.ts";
import { pgCtlStartCall } from "../../tools/pgCtl.ts";
import type { Action } from "../action.ts";
import { accountOf } from "./account.ts";
import { readControl } from "./controlFile.ts";
import { forgetRestartPolicy, keptRestartPolicy } from "./kept.ts";
import { waitUntilReady } from "./ready.ts";
import { startOf, startPlan } from "./startPlan.ts";
import { isRunning } from "./stop.ts";
import { whereItLies } from "./whereItLies.ts";

type Args = z.output<typeof postgresStart.args>;
type Result = z.output<typeof postgresStart.result>;

/** `postgres.start`: where the configuration points, and only there when a directory is expected. */
export const postgresStartAction: Action<typeof postgresStart.args, typeof postgresStart.result> = {
  spec: postgresStart,
  plan: startPlan,
  run: start,
  // A start is safe to repeat: a server that runs already is left alone.
  inspect: async ({ cluster }, context) =>
    (await isRunning(cluster, context)) ? { state: "halfWay", found: "It runs." } : { state: "notBegun" },
};

async function start(args: Args, context: ActionContext): Promise<Result> {
  const beganMs = performance.now();
  const { cluster, waitMs, expectDirectory } = args;
  const where = await whereItLies(cluster, context);
  if (expectDirectory !== "" && where.directory !== expectDirectory) {
    throw new Failure(
      "expectationFailed",
      `PostgreSQL points at ${where.directory}, not at ${expectDirectory}. It was not started.`,
    );
  }
  const { systemIdentifier } = await readControl(
    where.directory,
    cluster.kind === "plain" ? cluster.binDir : "",
    context,
  );
  if (!(await isRunning(cluster, context))) {
    if (cluster.kind === "plain") {
      const call = pgCtlStartCall(cluster.binDir, startOf(cluster, waitMs));
      await context.program({ ...call, as: await accountOf(cluster.osUser), leavesDaemon: true });
    } else {
      await putRestartPolicyBack(cluster.container, where.directory, context);
      await context.program(dockerStartCall(cluster.container));
    }
  }
  const ready = await waitUntilReady(cluster, waitMs, context.signal);
  if (!ready.is_ready)
    throw new Failure("startFailed", `PostgreSQL does not answer ${waitMs} ms after its start.`, {
      detail: ready.detail,
    });
  // The configuration says where the next start reads. A server that ran already may still use another directory.
  if (!(await isSameFolder(cluster, ready.data_directory, where.pgdata))) {
    throw new Failure(
      "expectationFailed",
      `A server runs already, on ${ready.data_directory}, while its configuration names ${where.pgdata}. It was left alone; stop it first.`,
    );
  }
  return {
    is_ready: true,
    duration_ms: Math.round(performance.now() - beganMs),
    data_directory: where.directory,
    system_identifier: systemIdentifier,
    started_at: context.now(),
  };
}

/** Whether two names are one folder; those of a container can only be compared as they stand. */
async function isSameFolder({ kind }: Args["cluster"], one: string, other: string): Promise<boolean> {
  if (one === other) return true;
  if (kind === "docker") return false;
  const [left, right] = await Promise.all([one, other].map((path) => realpath(path).catch(() => path)));
  return left === right;
}

/** Back on the directory it came from, a container gets the restart policy back that it had there. Elsewhere it stays `no`. */
async function putRestartPolicyBack(container: string, directory: string, context: ActionContext): Promise<void> {
  const kept = await keptRestartPolicy(container);
  if (kept === undefined || kept.directory !== directory) return;
  await context.program(dockerSetRestartCall(container, kept.policy));
  await forgetRestartPolicy(container);
  context.log(`The restart policy of ${container} is ${kept.policy} again.`);
}
