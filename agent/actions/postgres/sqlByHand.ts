import type { PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash, Definition } from "../../byHand/bash.ts";
import { PGPASS } from "../../byHand/pgpass.ts";
import { dockerExecCall } from "../../tools/docker.ts";
import { clientProgram, reachArgs } from "../../tools/pgDump.ts";
import { SESSION_OPTIONS } from "./connect.ts";
import { reachOf } from "./reachOf.ts";

/** A text in SQL. Backslashes mean themselves, as the standard has it and every server by default. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const PSQL = ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1"];

/**
 * `sql --dbname=… --command=…`: asks the cluster as the actions do, with the same settings, so that contents have the same text and the same
 * digest. An error ends it. `readOnly`: nothing can be written but by who says so on purpose.
 */
export function sqlOf(cluster: PostgresTarget, how: "asEver" | "readOnly" = "asEver"): Definition {
  const reach = reachOf(cluster);
  const isReadOnly = how === "readOnly";
  const options = isReadOnly ? [...SESSION_OPTIONS, "default_transaction_read_only=on"] : SESSION_OPTIONS;
  const settings = options.map((setting) => `-c ${setting}`).join(" ");
  const psql = [clientProgram(reach.binDir, "psql"), ...reachArgs(reach), ...PSQL];
  const password = cluster.passwordFile === "" ? bash`` : bash`PGPASSFILE=$(${PGPASS} ${cluster.passwordFile}) `;
  const command =
    cluster.kind === "docker"
      ? bash`${["docker", ...dockerExecCall(cluster.container, "", ["env", `PGOPTIONS=${settings}`, ...psql]).args]}`
      : bash`PGOPTIONS=${settings} ${password}${psql}`;
  const name = isReadOnly ? bash`sql_read_only` : bash`sql`;
  return new Definition(
    name.text,
    bash`# Asks the database${isReadOnly ? bash`, where nothing can be written by accident` : bash``}.
${name}() {
  ${command} "$@"
}`,
  );
}

/** SQL as an argument of psql. What begins with a backslash would be a command of psql's own, and could run programs. */
export const commandWord = (sql: string): BashLine => bash`${`--command=${sql.startsWith("\\") ? " " : ""}${sql}`}`;

/** Asks for one value or for rows. */
export const asked = (cluster: PostgresTarget, sql: string, database = cluster.database): BashLine =>
  bash`${sqlOf(cluster)} ${`--dbname=${database}`} ${commandWord(sql)}`;
