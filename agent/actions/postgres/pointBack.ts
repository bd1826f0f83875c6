import { readFile, rm, stat } from "node:fs/promises";
import type { z } from "zod";
import { postgresPointBack } from "../../../domain/action/postgres.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { dockerRemoveCall, dockerRenameCall } from "../../tools/docker.ts";
import type { Action } from "../action.ts";
import { keptConfigurationOf, replaceFile } from "./pointAt.ts";
import { keptNameOf } from "./recreate.ts";
import { inspectContainer, whereItLies } from "./whereItLies.ts";

type Args = z.output<typeof postgresPointBack.args>;
type Result = z.output<typeof postgresPointBack.result>;

/** `postgres.pointBack`: puts back what pointAt kept, and says where the cluster points then. */
export const postgresPointBackAction: Action<typeof postgresPointBack.args, typeof postgresPointBack.result> = {
  spec: postgresPointBack,
  plan: ({ cluster }) =>
    cluster.kind === "plain"
      ? [{ kind: "note", text: `put ${keptConfigurationOf(cluster.configFile)} back as ${cluster.configFile}` }]
      : [
          { kind: "program", ...dockerRemoveCall(cluster.container) },
          { kind: "program", ...dockerRenameCall(keptNameOf(cluster.container), cluster.container) },
        ],
  run: pointBack,
  // Safe to repeat.
  inspect: () => Promise.resolve({ state: "notBegun" }),
};

async function pointBack(args: Args, context: ActionContext): Promise<Result> {
  const { cluster, directory } = args;
  const changed =
    cluster.kind === "plain"
      ? await configurationBack(cluster.configFile)
      : await containerBack(cluster.container, context);
  const where = await whereItLies(cluster, context);
  if (where.directory !== directory) {
    throw new Failure("expectationFailed", `PostgreSQL points at ${where.directory}; it should point at ${directory}.`);
  }
  return { now_directory: where.directory, changed, restart_policy: where.restartPolicy };
}

async function configurationBack(configFile: string): Promise<boolean> {
  const kept = keptConfigurationOf(configFile);
  const text = await readFile(kept, "utf8").catch(() => undefined);
  if (text === undefined) return false;
  const { mode, uid, gid } = await stat(configFile);
  await replaceFile(configFile, text, { mode: mode & 0o777, uid, gid });
  await rm(kept);
  return true;
}

async function containerBack(name: string, context: ActionContext): Promise<boolean> {
  const kept = await inspectContainer(keptNameOf(name), context).catch((error: unknown) => {
    if (error instanceof Failure && error.code === "containerMissing") return undefined;
    throw error;
  });
  if (kept === undefined) return false;
  const there = await inspectContainer(name, context).catch(() => undefined);
  if (there?.State.Running) throw new Failure("sourceNotAtRest", `${name} runs. Stop it before it is put back.`);
  if (there) await context.program(dockerRemoveCall(name));
  await context.program(dockerRenameCall(keptNameOf(name), name));
  return true;
}
