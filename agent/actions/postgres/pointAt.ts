import { chmod, chown, copyFile, readFile, rename, stat, writeFile } from "node:fs/promises";
import type { z } from "zod";
import { postgresPointAt } from "../../../domain/action/postgres.ts";
import { Failure } from "../../../domain/failure.ts";
import { bash } from "../../byHand/bash.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { Container } from "../../tools/docker.ts";
import { dockerConnectCall, dockerCreateCall, dockerRemoveCall, dockerRenameCall } from "../../tools/docker.ts";
import type { Action, Inspection, PlannedCall } from "../action.ts";
import { dataDirectoryIn, withDataDirectory } from "./configuration.ts";
import { POINTED_ELSEWHERE, POINTS_AT, REPLACE_FILE } from "./configurationByHand.ts";
import { keptNameOf, networksOf, recreateArgs } from "./recreate.ts";
import { inspectContainer, inspectContainerIfThere, whereItLies } from "./whereItLies.ts";

type Args = z.output<typeof postgresPointAt.args>;
type Result = z.output<typeof postgresPointAt.result>;

/** Where the configuration as it was is kept, beside it. */
export const keptConfigurationOf = (configFile: string) => `${configFile}.before-slackwater`;

/** `postgres.pointAt`: changes where the next start reads, and nothing of the data. */
export const postgresPointAtAction: Action<typeof postgresPointAt.args, typeof postgresPointAt.result> = {
  spec: postgresPointAt,
  plan: ({ cluster, directory }) =>
    cluster.kind === "plain"
      ? pointConfigurationPlan(cluster, directory)
      : [
          { kind: "program", ...dockerRenameCall(cluster.container, keptNameOf(cluster.container)) },
          {
            kind: "note",
            text: `docker create ${cluster.container} as it was, with ${directory} at PGDATA and restart policy no`,
          },
        ],
  run: (args, context) => (args.cluster.kind === "plain" ? pointConfiguration(args) : pointContainer(args, context)),
  inspect,
};

/** Both only where it does not point there yet: what was kept before must not be written over by what points there. */
function pointConfigurationPlan(cluster: Args["cluster"], directory: string): readonly PlannedCall[] {
  const { configFile } = cluster;
  const kept = keptConfigurationOf(configFile);
  const line = withDataDirectory("", directory).trimEnd();
  const elsewhere = bash`[[ $before != ${directory} ]]`;
  return [
    {
      kind: "note",
      text: `keep ${configFile} as ${kept}`,
      bash: [
        bash`before=$(${POINTS_AT} ${configFile} ${cluster.dataDir})`,
        bash`if ${elsewhere}; then cp --preserve=mode,ownership -- ${configFile} ${kept}; fi`,
      ],
    },
    {
      kind: "note",
      text: `set ${line} in ${configFile}`,
      bash: [
        bash`if ${elsewhere}; then ${POINTED_ELSEWHERE} ${configFile} ${line} | ${REPLACE_FILE} ${configFile}; fi`,
      ],
    },
  ];
}

async function inspect(args: Args, context: ActionContext): Promise<Inspection<Result>> {
  const { cluster, directory } = args;
  const where = await whereItLies(cluster, context).catch(() => undefined);
  if (where === undefined) return { state: "halfWay", found: "The container under this name is not there." };
  if (where.directory !== directory) return { state: "notBegun" };
  const kept = cluster.kind === "plain" ? keptConfigurationOf(cluster.configFile) : keptNameOf(cluster.container);
  const wasDirectory =
    cluster.kind === "plain"
      ? (dataDirectoryIn(await readFile(kept, "utf8").catch(() => "")) ?? cluster.dataDir)
      : (await whereItLies({ ...cluster, container: kept }, context)).directory;
  return {
    state: "done",
    result: { was_directory: wasDirectory, now_directory: directory, kept, restart_policy: where.restartPolicy },
  };
}

async function pointConfiguration({ cluster, directory }: Args): Promise<Result> {
  const { configFile } = cluster;
  const before = await readFile(configFile, "utf8");
  const was = dataDirectoryIn(before) ?? cluster.dataDir;
  const kept = keptConfigurationOf(configFile);
  if (was !== directory) {
    await copyFile(configFile, kept);
    const { mode, uid, gid } = await stat(configFile);
    await replaceFile(configFile, withDataDirectory(before, directory), { mode: mode & 0o777, uid, gid });
  }
  return { was_directory: was, now_directory: directory, kept, restart_policy: "none" };
}

/** Writes a file whole or not at all: a power cut leaves the old one or the new one. */
export async function replaceFile(
  path: string,
  text: string,
  as: { mode: number; uid: number; gid: number },
): Promise<void> {
  const next = `${path}.slackwater-new`;
  await writeFile(next, text, { mode: as.mode, flush: true });
  await chown(next, as.uid, as.gid);
  await chmod(next, as.mode);
  await rename(next, path);
}

/** Makes the new container whole, with all its networks, or not at all. */
async function recreate(old: Container, name: string, directory: string, context: ActionContext): Promise<void> {
  await context.program(dockerCreateCall(recreateArgs(old, name, directory)));
  try {
    for (const { network, aliases } of networksOf(old).slice(1))
      await context.program(dockerConnectCall(network, aliases, name));
  } catch (error) {
    await context.program(dockerRemoveCall(name));
    throw error;
  }
}

async function pointContainer({ cluster, directory }: Args, context: ActionContext): Promise<Result> {
  const name = cluster.container;
  const kept = keptNameOf(name);
  const keptThere = await inspectContainerIfThere(kept, context);
  const old = keptThere ?? (await inspectContainer(name, context));
  if (old.State.Running)
    throw new Failure("sourceNotAtRest", `${name} runs. It is not pointed elsewhere while it runs.`);
  if (!keptThere) await context.program(dockerRenameCall(name, kept));
  const there = await inspectContainerIfThere(name, context);
  if (!there) await recreate(old, name, directory, context);
  const was = await whereItLies({ ...cluster, container: kept }, context);
  const now = await whereItLies(cluster, context);
  if (now.directory !== directory) {
    throw new Failure(
      "volumeExists",
      `There is a container ${name} on ${now.directory} beside ${kept}. Remove the one that is not needed.`,
    );
  }
  return { was_directory: was.directory, now_directory: now.directory, kept, restart_policy: now.restartPolicy };
}
