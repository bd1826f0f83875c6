import { join } from "node:path";
import type { z } from "zod";
import type { backupCreate } from "../../../domain/action/backup.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash } from "../../byHand/bash.ts";
import { REFUSE } from "../../byHand/prelude.ts";
import { pipelineLine } from "../../byHand/programLine.ts";
import { gzipCall } from "../../tools/gzip.ts";
import { PASS_FD } from "../../tools/openssl.ts";
import { pgDumpCall } from "../../tools/pgDump.ts";
import type { PlannedCall, PlannedProgram } from "../action.ts";
import { noteOf } from "../action.ts";
import { BEGIN, labelledSql } from "../postgres/countByHand.ts";
import { plannedClient } from "../postgres/plannedClient.ts";
import { commandWord, sqlOf } from "../postgres/sqlByHand.ts";
import { aroundStamp, UNFINISHED } from "./backupName.ts";
import { sealCall } from "./sealing.ts";

type Args = z.output<typeof backupCreate.args>;

/** What `plan` says of a backup. By hand, too, the rows are counted in the very snapshot that is dumped. */
export function createPlan(args: Args): readonly PlannedCall[] {
  const { cluster, directory, label, seal, iterations } = args;
  const [before, behind] = aroundStamp(label, cluster.database, seal);
  const programs: readonly PlannedProgram[] = [
    plannedClient(cluster, (to) => pgDumpCall(to, cluster.database, "…")),
    gzipCall(),
    { ...sealCall(seal, iterations), secrets: { [PASS_FD]: "backup" } },
  ];
  const byHand = programs.map((program) => ({
    ...program,
    args: program.args.map((word) => (word === "--snapshot=…" ? bash`--snapshot="$snapshot"` : word)),
  }));
  return [
    noteOf("export a snapshot and count the rows in it", snapshotByHand(args)),
    {
      kind: "pipeline",
      programs,
      into: join(directory, `${before}…${behind}${UNFINISHED}`),
      bash: [
        bash`(umask 077 && mkdir --parents -- ${directory})`,
        bash`backup=${join(directory, before)}"$(date --utc +%Y%m%dT%H%M%SZ)"${behind}`,
        pipelineLine(byHand, bash`"$backup"${UNFINISHED}`),
      ],
    },
    noteOf("and only when it is whole and large enough: give it its name", namedByHand(args)),
  ];
}

/**
 * A session that stays open as long as the dump, since its snapshot ends with it. It is asked in words of ours alone: psql takes what it
 * reads for commands of its own, too, and a table's condition is the runbook's.
 */
function snapshotByHand({ cluster, tables }: Args): readonly BashLine[] {
  const session = bash`${sqlOf(cluster)} ${`--dbname=${cluster.database}`}`;
  const counts = tables.map((table) => commandWord(labelledSql(table, false)));
  return [
    bash`coproc SNAPSHOT { ${session}; }`,
    bash`printf '%s;\n' ${BEGIN} 'select pg_export_snapshot()' >&"\${SNAPSHOT[1]}"`,
    bash`IFS= read -r snapshot <&"\${SNAPSHOT[0]}"`,
    bash`${session} ${commandWord(BEGIN)} --command="set transaction snapshot '$snapshot'" ${counts}`,
  ];
}

function namedByHand({ minBytes }: Args): readonly BashLine[] {
  return [
    bash`size=$(stat --format=%s -- "$backup"${UNFINISHED})`,
    bash`if ((size < ${minBytes})); then ${REFUSE} "$backup"${`${UNFINISHED} is smaller than ${minBytes} bytes: that is no backup.`}; fi`,
    bash`mv --no-target-directory -- "$backup"${UNFINISHED} "$backup"`,
    bash`sync -- "$backup"`,
    bash`sha256sum -- "$backup"`,
  ];
}
