import type { PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash } from "../../byHand/bash.ts";
import { OUR_APPLICATION } from "../postgres/connect.ts";
import { foreignSql } from "../postgres/sessions.ts";
import { sqlOf, sqlText } from "../postgres/sqlByHand.ts";

/** Says once which sessions are not ours: the lines that ask for something of them stand behind it. */
export function foreignByHand({ database }: PostgresTarget, allowApplications: readonly string[]): BashLine {
  const allowed = `array[${allowApplications.map(sqlText).join(", ")}]::text[]`;
  return bash`foreign=${foreignSql(sqlText(OUR_APPLICATION), allowed, sqlText(database))}`;
}

/** Asks for something of each session that is not ours: how many there are, who they are, or their end. */
export const askForeign = (cluster: PostgresTarget, what: keyof typeof COLUMNS): BashLine =>
  bash`${sqlOf(cluster)} --dbname=postgres --command="select ${COLUMNS[what]} $foreign"`;

const COLUMNS = {
  count: bash`count(*)`,
  list: bash`pid, usename, application_name, state`,
  end: bash`pg_terminate_backend(pid)`,
} as const;
