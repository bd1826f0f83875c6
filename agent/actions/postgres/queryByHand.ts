import type { z } from "zod";
import type { postgresQuery } from "../../../domain/action/postgres.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash } from "../../byHand/bash.ts";
import { REFUSE } from "../../byHand/prelude.ts";
import { commandWord, sqlOf } from "./sqlByHand.ts";

/** Between two columns, where no text has it. */
const BETWEEN = "\x1f";

/**
 * How a person asks one query where nothing can be written: read-only is the session's default too, since psql would take a second statement
 * behind the one that ends the transaction.
 */
export function queryByHand({
  cluster,
  sql,
  expect,
  timeoutMs,
}: z.output<typeof postgresQuery.args>): readonly BashLine[] {
  const where = [`--dbname=${cluster.database}`, `--field-separator=${BETWEEN}`];
  const commands = ["begin read only", `set local statement_timeout = ${timeoutMs}`, sql, "rollback"];
  return [
    bash`rows=$(${sqlOf(cluster, "readOnly")} ${where} ${commands.map(commandWord)})`,
    bash`value=\${rows%%$'\n'*}`,
    bash`value=\${value%%${BETWEEN}*}`,
    bash`printf 'The first value: %s\n' "$value"`,
    ...(expect === undefined ? [] : [bash`[[ ${sameAs(expect)} ]] || ${REFUSE} ${`It should be: ${expect}`}`]),
  ];
}

/** psql writes a flag in one letter. */
function sameAs(expected: string): BashLine {
  return expected === "true" || expected === "false"
    ? bash`$value == ${expected} || $value == ${expected.slice(0, 1)}`
    : bash`$value == ${expected}`;
}
