import { dirname } from "node:path";
import type { z } from "zod";
import type { postgresStart } from "../../../domain/action/postgres.ts";
import { bash } from "../../byHand/bash.ts";
import { REFUSE, UNTIL_PRINTS } from "../../byHand/prelude.ts";
import { programLine } from "../../byHand/programLine.ts";
import { dockerStartCall } from "../../tools/docker.ts";
import { pgCtlStartCall, pgCtlStatusCall } from "../../tools/pgCtl.ts";
import type { PlannedCall, PlannedProgram } from "../action.ts";
import { noteOf } from "../action.ts";
import { POINTS_AT } from "./configurationByHand.ts";
import { asked } from "./sqlByHand.ts";

type Args = z.output<typeof postgresStart.args>;

/** How pg_ctl is told to start a cluster. */
export const startOf = (cluster: Args["cluster"], waitMs: number) => ({
  folder: dirname(cluster.configFile),
  logFile: cluster.logFile,
  waitSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
});

/** What `plan` says of a start. */
export function startPlan({ cluster, waitMs, expectDirectory }: Args): readonly PlannedCall[] {
  const waitSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  const points = bash`"$(${POINTS_AT} ${cluster.configFile} ${cluster.dataDir})"`;
  const elsewhere = bash`${REFUSE} ${`The configuration does not name ${expectDirectory}. Nothing was started.`}`;
  const check = [bash`[[ ${points} == ${expectDirectory} ]] || ${elsewhere}`];
  const expected = noteOf(`only where it points at ${expectDirectory}`, cluster.kind === "plain" ? check : undefined);
  const onOther = bash`${REFUSE} ${`A server runs already, and not on ${expectDirectory}. It was left alone; stop it first.`}`;
  const isThere = bash`[[ $directory -ef ${expectDirectory} ]] || ${onOther}`;
  const late = bash`${REFUSE} ${`PostgreSQL does not answer ${waitSeconds} s after its start.`}`;
  return [
    ...(expectDirectory === "" ? [] : [expected]),
    ...(cluster.kind === "plain" ? [startOfServer(cluster, waitMs)] : startOfContainer(cluster.container)),
    {
      kind: "note",
      text: `ask until it answers, ${waitMs} ms at most`,
      bash: [
        bash`${UNTIL_PRINTS} ${waitSeconds} 1 ${asked(cluster, "select 1")} || ${late}`,
        bash`directory=$(${asked(cluster, "show data_directory")})`,
        bash`printf 'It answers, and uses %s.\n' "$directory"`,
        ...(expectDirectory !== "" && cluster.kind === "plain" ? [isThere] : []),
      ],
    },
  ];
}

function startOfServer(cluster: Args["cluster"], waitMs: number): PlannedCall {
  const as = cluster.osUser;
  const program: PlannedProgram = { ...pgCtlStartCall(cluster.binDir, startOf(cluster, waitMs)), as };
  const status = programLine({ ...pgCtlStatusCall(cluster.binDir, dirname(cluster.configFile)), as });
  return { kind: "program", ...program, bash: [bash`${status} || ${programLine(program)}`] };
}

const startOfContainer = (container: string): readonly PlannedCall[] => [
  {
    kind: "note",
    text: `give ${container} the restart policy back that it had on this directory, where the stop has kept one`,
  },
  { kind: "program", ...dockerStartCall(container) },
];
