import type { PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash, Definition } from "../../byHand/bash.ts";
import { REFUSE, UNTIL_PRINTS } from "../../byHand/prelude.ts";
import { limitPathOf } from "../postgres/kept.ts";
import { asked, commandWord, sqlOf, sqlText } from "../postgres/sqlByHand.ts";
import type { CloseBy } from "./closing.ts";
import { closeSql, openSql } from "./closing.ts";
import { askForeign, foreignByHand } from "./foreignByHand.ts";

/** What the agent keeps is kept alike, so that either can open what the other has closed. */
const KEEP_LIMIT = new Definition(
  "keep_limit",
  bash`# Keeps the connection limit of a database, for the day it is opened again. 0 is a database that was closed already.
keep_limit() { # file, limit
  if [[ $2 == 0 ]]; then return; fi
  (umask 077 && mkdir --parents -- "$(dirname -- "$1")" && printf '{"connectionLimit":%s}' "$2" >"$1")
  sync -- "$1"
  printf 'The connection limit was %s; it is kept in %s.\n' "$2" "$1"
}`,
);

const KEPT_LIMIT = new Definition(
  "kept_limit",
  bash`# Prints the connection limit that was kept, else what stands behind it.
kept_limit() { # file, limit where none was kept
  local kept=
  if [[ -e $1 ]]; then kept=$(sed -nE 's/^\{"connectionLimit":(-?[0-9]+)\}$/\1/p' -- "$1"); fi
  printf '%s' "\${kept:-$2}"
}`,
);

/** How a person closes a database to everyone but superusers, or to everyone. */
export function closedByHand(cluster: PostgresTarget, by: CloseBy): readonly BashLine[] {
  const limit = asked(
    cluster,
    `select datconnlimit from pg_database where datname = ${sqlText(cluster.database)}`,
    "postgres",
  );
  return [
    ...(by === "connectionLimit" ? [bash`${KEEP_LIMIT} ${limitPathOf(cluster)} "$(${limit})"`] : []),
    asked(cluster, closeSql(cluster.database, by), "postgres"),
  ];
}

/** How a person opens it again. */
export function openedByHand(cluster: PostgresTarget, by: CloseBy, connectionLimit: number): readonly BashLine[] {
  if (by === "allowConnections") return [asked(cluster, openSql(cluster.database, by, connectionLimit), "postgres")];
  const sql = openSql(cluster.database, by, "");
  return [
    bash`limit=$(${KEPT_LIMIT} ${limitPathOf(cluster)} ${connectionLimit})`,
    bash`${sqlOf(cluster)} --dbname=postgres ${commandWord(sql)}"$limit"`,
  ];
}

/** How long an ended session may take to be gone (seconds). */
const GONE_WITHIN = 10;

/** How a person waits for those inside to leave, ends who stays, and makes sure. */
export function emptiedByHand(
  cluster: PostgresTarget,
  graceMs: number,
  allowApplications: readonly string[],
): readonly BashLine[] {
  const ask = (what: "count" | "list" | "end") => askForeign(cluster, what);
  return [
    foreignByHand(cluster, allowApplications),
    bash`if ! ${UNTIL_PRINTS} ${Math.ceil(graceMs / 1000)} 0 ${ask("count")}; then`,
    bash`  ${ask("list")}`,
    bash`  ${ask("end")}`,
    bash`  ${UNTIL_PRINTS} ${GONE_WITHIN} 0 ${ask("count")} || ${REFUSE} 'Sessions are still there.'`,
    bash`fi`,
  ];
}
