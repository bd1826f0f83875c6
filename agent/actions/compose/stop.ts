import type { z } from "zod";
import { composeStop } from "../../../domain/action/compose.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { composeStopCall } from "../../tools/compose.ts";
import { dockerProjectCall, dockerSetRestartCall } from "../../tools/docker.ts";
import type { Action } from "../action.ts";
import { findClient, plannedCompose } from "./client.ts";
import type { ProjectContainer } from "./containers.ts";
import { inWords, readContainers } from "./containers.ts";
import { keepPolicies } from "./kept.ts";
import { OVERLAYS_NOTE, overlaid } from "./overlaid.ts";

type Args = z.output<typeof composeStop.args>;
type Result = z.output<typeof composeStop.result>;

/** The exit code of a process that was killed: 128 and the number of the signal. */
const KILLED = 137;

const seconds = (ms: number) => Math.max(1, Math.ceil(ms / 1000));

/** `compose.stop`. */
export const composeStopAction: Action<typeof composeStop.args, typeof composeStop.result> = {
  spec: composeStop,
  plan: ({ project, services, graceMs }) => [
    { kind: "program", ...dockerProjectCall(project.name) },
    { kind: "note", text: "of each, here called CONTAINER, the restart policy is kept, and:" },
    { kind: "program", ...dockerSetRestartCall("CONTAINER", "no"), fillIn: "for each container of the project" },
    ...plannedCompose((client) => composeStopCall(client, project, seconds(graceMs), services)),
    OVERLAYS_NOTE,
  ],
  run: stop,
  inspect: async ({ project, services }, context) => {
    const now = await readContainers(project, services, context);
    const running = now.filter(({ isRunning }) => isRunning);
    // With another policy a container that is down now may be up in a moment.
    const isDone = running.length === 0 && now.every(({ restartPolicy }) => restartPolicy === "no");
    if (isDone) return { state: "done", result: describe(now, now, 0) };
    return running.length === now.length
      ? { state: "notBegun" }
      : { state: "halfWay", found: `Still running: ${inWords(running) || "none"}.` };
  },
};

async function stop({ project, services, graceMs }: Args, context: ActionContext): Promise<Result> {
  const beganMs = performance.now();
  const before = await readContainers(project, services, context);
  await holdDown(project, before, context);
  if (before.some(({ isRunning }) => isRunning)) {
    const files = await filesToStop(project, context);
    const call = composeStopCall(await findClient(context), files, seconds(graceMs), services);
    await context.program({ ...call, cwd: project.directory });
  }
  const after = await readContainers(project, services, context);
  const running = after.filter(({ isRunning }) => isRunning);
  if (running.length > 0)
    throw new Failure("timedOut", `${inWords(running)} of ${project.name} still run after the stop.`);
  return describe(before, after, performance.now() - beganMs);
}

/**
 * The files by which to stop. Overlays matter only for services of their own: one that was changed or is gone must not stand in the way of
 * a rollback, and what should still run is seen afterwards.
 */
async function filesToStop(project: Args["project"], context: ActionContext): Promise<Args["project"]> {
  try {
    return await overlaid(project, context);
  } catch (error) {
    if (context.signal.aborted) throw error;
    context.log(`Stopping without overlays: ${error instanceof Error ? error.message : String(error)}`);
    return project;
  }
}

/** First of all: with another policy Docker would start a container again, in the middle of the copy. */
async function holdDown(
  project: Args["project"],
  containers: readonly ProjectContainer[],
  context: ActionContext,
): Promise<void> {
  const held = containers.filter(({ restartPolicy }) => restartPolicy !== "no");
  if (held.length === 0) return;
  await keepPolicies(project, Object.fromEntries(held.map(({ name, restartPolicy }) => [name, restartPolicy])));
  for (const { name, restartPolicy } of held) {
    context.recordUndo({ kind: "restartPolicy", facts: { container: name, policy: restartPolicy } });
    await context.program(dockerSetRestartCall(name, "no"));
  }
}

function describe(before: readonly ProjectContainer[], after: readonly ProjectContainer[], durationMs: number): Result {
  const ran = before.filter(({ isRunning }) => isRunning).map(({ id }) => id);
  return {
    containers_count: after.length,
    stopped_count: ran.length,
    is_down: after.every(({ isRunning }) => !isRunning),
    killed_count: after.filter(({ id, exitCode }) => ran.includes(id) && exitCode === KILLED).length,
    duration_ms: Math.round(durationMs),
  };
}
