import { lstat } from "node:fs/promises";
import { postgresFacts } from "../../../domain/action/postgres.ts";
import type { PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash } from "../../byHand/bash.ts";
import { noteOf } from "../action.ts";
import { manifestOf } from "../files/manifest.ts";
import { LISTED } from "../files/treeByHand.ts";
import { observing } from "../observing.ts";
import { OUR_APPLICATION, withClient } from "./connect.ts";
import { asked, commandWord, sqlOf, sqlText } from "./sqlByHand.ts";
import { whereItLies } from "./whereItLies.ts";

interface Row {
  readonly version: string;
  readonly major: number;
  readonly system_identifier: string;
  readonly database_bytes: string;
  readonly sessions: string;
  readonly tablespaces: string;
}

const SQL = `select current_setting('server_version') as version,
  current_setting('server_version_num')::int / 10000 as major,
  (select system_identifier::text from pg_control_system()) as system_identifier,
  pg_database_size(current_database())::text as database_bytes,
  (select count(*)::text from pg_stat_activity where backend_type = 'client backend' and application_name <> $1) as sessions,
  (select count(*)::text from pg_tablespace where spcname not in ('pg_default', 'pg_global')) as tablespaces`;

const SQL_BY_HAND = SQL.replaceAll(/\s+/g, " ").replaceAll("$1", sqlText(OUR_APPLICATION));

const sizeByHand = (cluster: PostgresTarget): readonly BashLine[] => [
  bash`directory=$(${asked(cluster, "show data_directory")})`,
  bash`printf 'data_directory|%s\nowner|%s\n' "$directory" "$(stat --format=%u:%g -- "$directory")"`,
  bash`${LISTED} "$directory"`,
];

/** `postgres.facts`: what the running server says of itself, and how much really lies in its directory. */
export const postgresFactsAction = observing(postgresFacts, {
  plan: ({ cluster }) => [
    ...(cluster.kind === "docker"
      ? [{ kind: "program" as const, file: "docker", args: ["inspect", "--type", "container", cluster.container] }]
      : []),
    noteOf(SQL, [bash`${sqlOf(cluster)} ${`--dbname=${cluster.database}`} --expanded ${commandWord(SQL_BY_HAND)}`]),
    noteOf(
      "add up the sizes of all files of the data directory",
      cluster.kind === "plain" ? sizeByHand(cluster) : undefined,
    ),
  ],
  run: async ({ cluster }, context) => {
    const where = await whereItLies(cluster, context);
    const row = await withClient(cluster, async (client) => (await client.query<Row>(SQL, [OUR_APPLICATION])).rows[0]);
    const { sizeBytes } = await manifestOf(where.directory, context.signal);
    const { uid, gid } = await lstat(where.directory);
    return {
      version: row?.version ?? "unknown",
      major: row?.major ?? 0,
      system_identifier: row?.system_identifier ?? "",
      data_directory: where.directory,
      pgdata: where.pgdata,
      size_bytes: sizeBytes,
      database_bytes: Number(row?.database_bytes ?? 0),
      owner: `${uid}:${gid}`,
      restart_policy: where.restartPolicy,
      sessions_count: Number(row?.sessions ?? 0),
      tablespaces_outside_count: Number(row?.tablespaces ?? 0),
    };
  },
});
