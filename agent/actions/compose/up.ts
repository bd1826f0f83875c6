import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { composeUp } from "../../../domain/action/compose.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { composeConfigCall, composeUpCall } from "../../tools/compose.ts";
import { dockerSetRestartCall } from "../../tools/docker.ts";
import type { Action } from "../action.ts";
import { checkFiles, findClient, plannedCompose } from "./client.ts";
import type { ProjectContainer } from "./containers.ts";
import { inWords, readContainers } from "./containers.ts";
import { forgetPolicies, keptPolicies } from "./kept.ts";
import { OVERLAYS_NOTE, overlaid } from "./overlaid.ts";

type Args = z.output<typeof composeUp.args>;
type Result = z.output<typeof composeUp.result>;

const LOOK_EVERY_MS = 500;

/** `compose.up`. */
export const composeUpAction: Action<typeof composeUp.args, typeof composeUp.result> = {
  spec: composeUp,
  plan: ({ project, services, restart, waitMs }) => [
    ...plannedCompose((client) => composeConfigCall(client, project)),
    OVERLAYS_NOTE,
    { kind: "note", text: "and only if the files can be read and no variable is missing, likewise:" },
    { kind: "program", ...composeUpCall("v2", project, services) },
    {
      kind: "note",
      text:
        restart === "no"
          ? "then the restart policy of each container is set to no"
          : "then each container gets the restart policy back that it had before compose.stop",
    },
    { kind: "note", text: `look until every container runs and is healthy, ${waitMs} ms at most` },
  ],
  run: up,
  // Compose itself compares what is there with what should be, and leaves alone what is right.
  inspect: async ({ project, services }, context) => {
    const running = (await readContainers(project, services, context)).filter(({ isRunning }) => isRunning);
    return running.length === 0 ? { state: "notBegun" } : { state: "halfWay", found: `There are ${inWords(running)}.` };
  },
};

async function up(args: Args, context: ActionContext): Promise<Result> {
  const { project, services, restart, allowUnset } = args;
  const beganMs = performance.now();
  const client = await findClient(context);
  const whole = await overlaid(project, context);
  await checkFiles(client, whole, { allowUnset, context });
  const before = await readContainers(project, services, context);
  await context.program({ ...composeUpCall(client, whole, services), cwd: project.directory });
  await setPolicies(project, await readContainers(project, services, context), { before, restart, context });
  const containers = await untilReady(args, context);
  const ids = before.map(({ id }) => id);
  return {
    is_ready: true,
    containers_count: containers.length,
    recreated: containers.filter(({ id }) => !ids.includes(id)).map(({ name }) => name),
    files: [...whole.files],
    duration_ms: Math.round(performance.now() - beganMs),
  };
}

/** A container that was made anew has its policy from the files; one that was there still has the `no` of its stop. */
async function setPolicies(
  project: Args["project"],
  containers: readonly ProjectContainer[],
  how: {
    readonly before: readonly ProjectContainer[];
    readonly restart: Args["restart"];
    readonly context: ActionContext;
  },
): Promise<void> {
  const { before, restart, context } = how;
  if (restart === "no") {
    for (const { name, restartPolicy } of containers)
      if (restartPolicy !== "no") await context.program(dockerSetRestartCall(name, "no"));
    return;
  }
  const kept = await keptPolicies(project);
  for (const { id, name } of containers) {
    const policy = Object.hasOwn(kept, name) ? kept[name] : undefined;
    if (policy === undefined || !before.some((one) => one.id === id)) continue;
    await context.program(dockerSetRestartCall(name, policy));
    context.log(`The restart policy of ${name} is ${policy} again.`);
  }
  await forgetPolicies(
    project,
    containers.map(({ name }) => name),
  );
}

async function untilReady(
  { project, services, waitMs }: Args,
  context: ActionContext,
): Promise<readonly ProjectContainer[]> {
  const until = performance.now() + waitMs;
  for (;;) {
    const containers = await readContainers(project, services, context);
    if (containers.length > 0 && containers.every(({ isReady }) => isReady)) return containers;
    if (performance.now() >= until) {
      const late = containers.filter(({ isReady }) => !isReady);
      const what = containers.length === 0 ? "there is no container" : inWords(late);
      throw new Failure("timedOut", `${project.name} is not ready after ${waitMs} ms: ${what}.`);
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal: context.signal });
  }
}
