import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import type { TableShape } from "./tables.ts";

const named = ({ name, columns }: TableShape): string =>
  `${pg.escapeIdentifier(name)} (${columns.map((column) => pg.escapeIdentifier(column)).join(", ")})`;

/** The rows of a table as PostgreSQL's COPY writes them (text format), in pieces as they come. Answers how many there were. */
export async function* copyOut(client: pg.ClientBase, table: TableShape): AsyncGenerator<Buffer, number> {
  const stream = client.query(copyTo(`copy ${named(table)} to stdout`));
  for await (const piece of stream) yield Buffer.from(piece);
  return stream.rowCount;
}

/** Puts rows into a table as `copyOut` read them; their columns go by name. Answers how many there were. */
export async function copyIn(
  client: pg.ClientBase,
  table: TableShape,
  pieces: AsyncIterable<Uint8Array>,
): Promise<number> {
  const stream = client.query(copyFrom(`copy ${named(table)} from stdin`));
  await pipeline(Readable.from(pieces), stream);
  return stream.rowCount;
}

/** Lets generated numbers go on behind the largest one that was put back. */
export async function goOnCounting(client: pg.ClientBase, table: TableShape): Promise<void> {
  for (const column of table.columns) {
    const name = pg.escapeIdentifier(table.name);
    const { rows } = await client.query<{ sequence: string | null }>(
      "select pg_get_serial_sequence($1, $2) as sequence",
      [name, column],
    );
    const sequence = rows[0]?.sequence;
    if (sequence == null) continue;
    await client.query(
      `select setval($1::regclass, (select coalesce(max(${pg.escapeIdentifier(column)}), 0) + 1 from ${name}), false)`,
      [sequence],
    );
  }
}
