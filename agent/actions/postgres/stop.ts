import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { postgresStop } from "../../../domain/action/postgres.ts";
import type { PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { dockerKillCall, dockerSetRestartCall } from "../../tools/docker.ts";
import { isCleanlyShutDown } from "../../tools/pgControldata.ts";
import { pgCtlStatusCall, pgCtlStopCall } from "../../tools/pgCtl.ts";
import type { Action } from "../action.ts";
import { accountOf } from "./account.ts";
import { withClient } from "./connect.ts";
import { readControl } from "./controlFile.ts";
import { keepRestartPolicy, keptRestartPolicy } from "./kept.ts";
import { foreignSessions } from "./sessions.ts";
import { seconds, stopPlan } from "./stopPlan.ts";
import { inspectContainer, whereItLies } from "./whereItLies.ts";

type Args = z.output<typeof postgresStop.args>;
type Result = z.output<typeof postgresStop.result>;

/** `postgres.stop`. Sessions are listed before the stop: once a smart stop has begun, nobody can ask any more. */
export const postgresStopAction: Action<typeof postgresStop.args, typeof postgresStop.result> = {
  spec: postgresStop,
  plan: stopPlan,
  run: stop,
  inspect: async (args, context) => {
    if (await isRunning(args.cluster, context)) return { state: "notBegun" };
    return {
      state: "done",
      result: await describe(args, context, { mode: "alreadyStopped", beganMs: performance.now(), sessions: [] }),
    };
  },
};

async function stop(args: Args, context: ActionContext): Promise<Result> {
  const beganMs = performance.now();
  const { cluster } = args;
  if (!(await isRunning(cluster, context)))
    return describe(args, context, { mode: "alreadyStopped", beganMs, sessions: [] });
  const sessions = await withClient(cluster, (client) => foreignSessions(client, [])).catch((error: unknown) => {
    // A server that is starting or already stopping answers nobody: it is stopped all the same, and the list says so by being empty.
    context.log(`The sessions could not be listed: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  });
  for (const session of sessions)
    context.log(
      `session ${session.pid}: ${session.user} on ${session.database}, ${session.application}, ${session.state}`,
    );
  const mode = cluster.kind === "plain" ? await stopPlain(args, context) : await stopContainer(args, context);
  return describe(args, context, { mode, beganMs, sessions });
}

const STOPPING_FAST =
  "The smart stop took too long. Stopping fast: open sessions are ended, nothing that was committed is lost.";

async function stopPlain({ cluster, smartMs, fastMs }: Args, context: ActionContext): Promise<"smart" | "fast"> {
  const as = await accountOf(cluster.osUser);
  const folder = dirname(cluster.configFile);
  const stopAs = (mode: "smart" | "fast", withinMs: number) => () =>
    context.program({ ...pgCtlStopCall(cluster.binDir, folder, mode, seconds(withinMs)), as });
  try {
    await reaches(stopAs("smart", smartMs), cluster, context);
    return "smart";
  } catch (error) {
    if (!isTimedOut(error)) throw error;
  }
  context.log(STOPPING_FAST);
  return (await reaches(stopAs("fast", fastMs), cluster, context)) ? "fast" : "smart";
}

async function stopContainer({ cluster, smartMs, fastMs }: Args, context: ActionContext): Promise<"smart" | "fast"> {
  const { directory, restartPolicy } = await whereItLies(cluster, context);
  // First of all: with another policy Docker would start the server again, in the middle of the copy.
  if (restartPolicy !== "no") {
    await keepRestartPolicy(cluster.container, { policy: restartPolicy, directory });
    context.recordUndo({ kind: "restartPolicy", facts: { container: cluster.container, policy: restartPolicy } });
    await context.program(dockerSetRestartCall(cluster.container, "no"));
  }
  const send = (signal: "TERM" | "INT") => () => context.program(dockerKillCall(cluster.container, signal));
  if (!(await reaches(send("TERM"), cluster, context))) return "smart";
  if (await stopsWithin(cluster, smartMs, context)) return "smart";
  context.log(STOPPING_FAST);
  if (!(await reaches(send("INT"), cluster, context))) return "smart";
  if (await stopsWithin(cluster, fastMs, context)) return "fast";
  throw new Failure("stopTimedOut", `${cluster.container} still runs ${fastMs} ms after the fast stop.`);
}

/**
 * Carries out a stop; false where it failed because nothing runs any more. A server may end between the look and the signal, and
 * what was asked for is then there: without this a busy host would report it as a failure, in the middle of a rollback.
 */
async function reaches(
  carryOut: () => Promise<unknown>,
  cluster: PostgresTarget,
  context: ActionContext,
): Promise<boolean> {
  try {
    await carryOut();
    return true;
  } catch (error) {
    // One that took too long did reach it, whatever became of the server since.
    if (isTimedOut(error) || (await isRunning(cluster, context))) throw error;
    context.log("It had ended by itself before that arrived.");
    return false;
  }
}

const isTimedOut = (error: unknown): boolean => error instanceof Failure && error.code === "stopTimedOut";

async function stopsWithin(cluster: PostgresTarget, withinMs: number, context: ActionContext): Promise<boolean> {
  const until = performance.now() + withinMs;
  for (;;) {
    if (!(await isRunning(cluster, context))) return true;
    if (performance.now() > until) return false;
    await sleep(250, undefined, { signal: context.signal });
  }
}

/** True where a server of this cluster runs, by pg_ctl or by Docker. */
export async function isRunning(cluster: PostgresTarget, context: ActionContext): Promise<boolean> {
  if (cluster.kind === "docker") return (await inspectContainer(cluster.container, context)).State.Running;
  const { exitCode } = await context.program({
    ...pgCtlStatusCall(cluster.binDir, dirname(cluster.configFile)),
    as: await accountOf(cluster.osUser),
    stdout: { to: "callbacks" },
  });
  return exitCode === 0;
}

async function describe(
  { cluster }: Args,
  context: ActionContext,
  how: { mode: Result["mode"]; beganMs: number; sessions: readonly Result["sessions"][number][] },
): Promise<Result> {
  const { directory, restartPolicy } = await whereItLies(cluster, context);
  const isDown = !(await isRunning(cluster, context));
  // After a restart of the host the volume is closed that it lies on: it is down, and more nobody can say. A rollback needs no more.
  const isOutOfReach = isDown && !existsSync(join(directory, "global/pg_control"));
  const control = isOutOfReach
    ? undefined
    : await readControl(directory, cluster.kind === "plain" ? cluster.binDir : "", context);
  return {
    mode: how.mode,
    duration_ms: Math.round(performance.now() - how.beganMs),
    sessions: [...how.sessions],
    sessions_count: how.sessions.length,
    control_state: control?.state ?? `${directory} is not there`,
    is_clean: control !== undefined && isCleanlyShutDown(control),
    is_down: isDown,
    restart_policy_before:
      cluster.kind === "docker" ? ((await keptRestartPolicy(cluster.container))?.policy ?? restartPolicy) : "none",
  };
}
