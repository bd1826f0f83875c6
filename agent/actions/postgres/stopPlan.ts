import { dirname } from "node:path";
import type { z } from "zod";
import type { postgresStop } from "../../../domain/action/postgres.ts";
import { bash } from "../../byHand/bash.ts";
import { programLine } from "../../byHand/programLine.ts";
import { dockerKillCall, dockerSetRestartCall } from "../../tools/docker.ts";
import { pgCtlStatusCall, pgCtlStopCall } from "../../tools/pgCtl.ts";
import type { PlannedCall, PlannedProgram } from "../action.ts";

/** Milliseconds as the whole seconds that pg_ctl takes, one at least. */
export const seconds = (ms: number) => Math.max(1, Math.ceil(ms / 1000));

/** What `plan` says of a stop. */
export function stopPlan({ cluster, smartMs, fastMs }: z.output<typeof postgresStop.args>): readonly PlannedCall[] {
  if (cluster.kind === "docker") return planOfContainer(cluster.container, smartMs, fastMs);
  const folder = dirname(cluster.configFile);
  const stopAs = (mode: "smart" | "fast", withinMs: number): PlannedProgram => ({
    ...pgCtlStopCall(cluster.binDir, folder, mode, seconds(withinMs)),
    as: cluster.osUser,
  });
  const [smart, fast] = [stopAs("smart", smartMs), stopAs("fast", fastMs)];
  const status = programLine({ ...pgCtlStatusCall(cluster.binDir, folder), as: cluster.osUser });
  const line = bash`if ${status}; then ${programLine(smart)} || ${programLine(fast)}; fi`;
  return [
    { kind: "program", ...smart, bash: [line] },
    { kind: "note", text: "and only if that takes too long:", bash: [] },
    { kind: "program", ...fast, bash: [] },
  ];
}

function planOfContainer(container: string, smartMs: number, fastMs: number): readonly PlannedCall[] {
  const fast = dockerKillCall(container, "INT");
  const ends = (withinMs: number) => bash`timeout ${seconds(withinMs)} docker wait ${container}`;
  return [
    { kind: "note", text: `keep the restart policy of ${container}, for the start`, bash: [showPolicy(container)] },
    { kind: "program", ...dockerSetRestartCall(container, "no") },
    { kind: "program", ...dockerKillCall(container, "TERM") },
    {
      kind: "note",
      text: `and only if it runs after ${smartMs} ms:`,
      bash: [bash`${ends(smartMs)} || { ${programLine(fast)} && ${ends(fastMs)}; }`],
    },
    { kind: "program", ...fast, bash: [] },
  ];
}

const showPolicy = (container: string) =>
  bash`docker inspect --type container --format ${"The restart policy is {{.HostConfig.RestartPolicy.Name}}: note it for the start."} ${container}`;
