/** How a database is closed to everyone but us. */
export type CloseBy = "connectionLimit" | "allowConnections";

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Closes a database: a limit of 0 still lets superusers in, `ALLOW_CONNECTIONS false` nobody. */
export function closeSql(database: string, by: CloseBy): string {
  return by === "connectionLimit"
    ? `alter database ${quoted(database)} connection limit 0`
    : `alter database ${quoted(database)} allow_connections false`;
}

/** Opens it again. `connectionLimit` may be left out, for whoever puts it behind. */
export function openSql(database: string, by: CloseBy, connectionLimit: number | ""): string {
  return by === "connectionLimit"
    ? `alter database ${quoted(database)} connection limit ${connectionLimit}`
    : `alter database ${quoted(database)} allow_connections true`;
}
