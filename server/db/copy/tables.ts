import { z } from "zod";
import type { Queryable } from "../queryable.ts";

/** A table and its columns, by the names that a copy of its rows is made and read with. */
export const TableShape = z.strictObject({
  name: z.string().regex(/^[a-z_]{1,63}$/),
  columns: z.array(z.string().regex(/^[a-z_0-9]{1,63}$/)).min(1),
});
export type TableShape = z.infer<typeof TableShape>;

/** Where applied migrations are kept: a copy carries their names and digests, and they are applied again where it is put back. */
export const MIGRATIONS = "_prisma_migrations";

/**
 * Tables whose rows are good for the moment only, and would be a danger in a copy: open sessions and challenges sign somebody in or
 * decide something, and a sealed passphrase is to be gone when its run has ended.
 */
export const LEFT_OUT: ReadonlySet<string> = new Set([
  "session",
  "verification",
  "rate_limit",
  "challenge",
  "sealed_secret",
]);

/** Every table of a schema but the migrations', those that others refer to first, so that rows can be put back in this order. */
export async function tablesInOrder(db: Queryable, schema = "public"): Promise<readonly TableShape[]> {
  const { rows } = await db.query<TableShape>(
    `select c.relname::text as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = to_regnamespace($1) and c.relkind in ('r', 'p') and c.relname <> $2
       and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     group by c.relname order by c.relname`,
    [schema, MIGRATIONS],
  );
  const { rows: references } = await db.query<{ of: string; to: string }>(
    `select distinct c.conrelid::regclass::oid, s.relname::text as of, t.relname::text as to
     from pg_constraint c join pg_class s on s.oid = c.conrelid join pg_class t on t.oid = c.confrelid
     where c.contype = 'f' and c.connamespace = to_regnamespace($1) and s.oid <> t.oid`,
    [schema],
  );
  const left = new Map(rows.map((row) => [row.name, TableShape.parse(row)]));
  const inOrder: TableShape[] = [];
  while (left.size > 0) {
    const free = [...left.values()].filter(({ name }) => !references.some(({ of, to }) => of === name && left.has(to)));
    if (free.length === 0) throw new TypeError(`these tables refer to each other: ${[...left.keys()].join(", ")}`);
    for (const table of free) left.delete(table.name);
    inOrder.push(...free);
  }
  return inOrder;
}
