import { readFile, rm, stat } from "node:fs/promises";
import type { z } from "zod";
import { postgresPointBack } from "../../../domain/action/postgres.ts";
import { Failure } from "../../../domain/failure.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash } from "../../byHand/bash.ts";
import { REFUSE } from "../../byHand/prelude.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { dockerRemoveCall, dockerRenameCall } from "../../tools/docker.ts";
import type { Action } from "../action.ts";
import { dataDirectoryIn } from "./configuration.ts";
import { POINTS_AT, REPLACE_FILE } from "./configurationByHand.ts";
import { keptConfigurationOf, replaceFile } from "./pointAt.ts";
import { keptNameOf } from "./recreate.ts";
import { inspectContainerIfThere, whereItLies } from "./whereItLies.ts";

type Args = z.output<typeof postgresPointBack.args>;
type Result = z.output<typeof postgresPointBack.result>;

/** `postgres.pointBack`: puts back what pointAt kept, and says where the cluster points then. */
export const postgresPointBackAction: Action<typeof postgresPointBack.args, typeof postgresPointBack.result> = {
  spec: postgresPointBack,
  plan: ({ cluster, directory }) =>
    cluster.kind === "plain"
      ? [
          {
            kind: "note",
            text: `put ${keptConfigurationOf(cluster.configFile)} back as ${cluster.configFile}, where that does not name ${directory} already`,
            bash: configurationBackByHand(cluster, directory),
          },
        ]
      : [
          { kind: "program", ...dockerRemoveCall(cluster.container) },
          { kind: "program", ...dockerRenameCall(keptNameOf(cluster.container), cluster.container) },
        ],
  run: pointBack,
  // Safe to repeat.
  inspect: () => Promise.resolve({ state: "notBegun" }),
};

function configurationBackByHand({ configFile, dataDir }: Args["cluster"], directory: string): readonly BashLine[] {
  const kept = keptConfigurationOf(configFile);
  const pointsAt = (file: string) => bash`"$(${POINTS_AT} ${file} ${dataDir})"`;
  const old = bash`${REFUSE} ${`${kept} does not name ${directory}: it is of an earlier time. Nothing was changed.`}`;
  return [
    bash`if [[ ${pointsAt(configFile)} != ${directory} ]]; then`,
    bash`  [[ -e ${kept} && ${pointsAt(kept)} == ${directory} ]] || ${old}`,
    bash`  ${REPLACE_FILE} ${configFile} <${kept}`,
    bash`  rm -- ${kept}`,
    bash`fi`,
  ];
}

async function pointBack(args: Args, context: ActionContext): Promise<Result> {
  const { cluster, directory } = args;
  const changed = await putBack(args, context);
  const where = await whereItLies(cluster, context);
  if (where.directory !== directory) {
    throw new Failure("expectationFailed", `PostgreSQL points at ${where.directory}; it should point at ${directory}.`);
  }
  return { now_directory: where.directory, changed, restart_policy: where.restartPolicy };
}

/** Puts back what was kept, unless the cluster points there anyhow. What an earlier run kept, of another directory, is never put back. */
async function putBack({ cluster, directory }: Args, context: ActionContext): Promise<boolean> {
  const now = await whereItLies(cluster, context).catch(() => undefined);
  if (now?.directory === directory) return false;
  return cluster.kind === "plain"
    ? await configurationBack(cluster, directory)
    : await containerBack(cluster, directory, context);
}

function requireKept(what: string, keptDirectory: string, directory: string): void {
  if (keptDirectory === directory) return;
  throw new Failure(
    "expectationFailed",
    `${what} points at ${keptDirectory} and not at ${directory}: it is of an earlier time. Nothing was changed.`,
  );
}

async function configurationBack({ configFile, dataDir }: Args["cluster"], directory: string): Promise<boolean> {
  const kept = keptConfigurationOf(configFile);
  const text = await readFile(kept, "utf8").catch(() => undefined);
  if (text === undefined) return false;
  requireKept(kept, dataDirectoryIn(text) ?? dataDir, directory);
  const { mode, uid, gid } = await stat(configFile);
  await replaceFile(configFile, text, { mode: mode & 0o777, uid, gid });
  await rm(kept);
  return true;
}

async function containerBack(cluster: Args["cluster"], directory: string, context: ActionContext): Promise<boolean> {
  const name = cluster.container;
  const kept = keptNameOf(name);
  if ((await inspectContainerIfThere(kept, context)) === undefined) return false;
  requireKept(kept, (await whereItLies({ ...cluster, container: kept }, context)).directory, directory);
  const there = await inspectContainerIfThere(name, context);
  if (there?.State.Running) throw new Failure("sourceNotAtRest", `${name} runs. Stop it before it is put back.`);
  if (there) await context.program(dockerRemoveCall(name));
  await context.program(dockerRenameCall(kept, name));
  return true;
}
