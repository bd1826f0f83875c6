import type pg from "pg";
import { Failure } from "../../../domain/failure.ts";
import { quotedTable } from "../postgres/countSql.ts";

/** A name of a database or an account as SQL: they have no parts. */
export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

interface DatabaseRow {
  readonly owner: string;
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
  readonly provider: string;
  readonly locale: string | null;
  readonly limit: number;
}

/** Whether a database of that name is there. */
export async function databaseExists(client: pg.Client, database: string): Promise<boolean> {
  const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [database]);
  return rowCount === 1;
}

/** Makes an empty database with owner, encoding and locale of another, which a dump of its contents does not carry. */
export async function createAlike(client: pg.Client, like: string, name: string): Promise<void> {
  const { owner, encoding, collate, ctype, provider, locale } = await rowOf(client, like);
  const literal = (text: string) => client.escapeLiteral(text);
  // From PostgreSQL 15 on a database may have its locale from ICU.
  const icu = provider === "i" ? ` locale_provider icu icu_locale ${literal(locale ?? "und")}` : "";
  await client.query(
    `create database ${quotedName(name)} template template0 owner ${quotedName(owner)} encoding ${literal(encoding)}
     lc_collate ${literal(collate)} lc_ctype ${literal(ctype)}${icu}`,
  );
}

async function rowOf(client: pg.Client, database: string): Promise<DatabaseRow> {
  const { rows } = await client.query<DatabaseRow>(
    // The columns of the locale are called otherwise from version to version.
    `select pg_get_userbyid(datdba) as owner, pg_encoding_to_char(encoding) as encoding,
       datcollate as "collate", datctype as ctype, datconnlimit as "limit",
       coalesce(to_jsonb(d)->>'datlocprovider', 'c') as provider,
       coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale') as locale
     from pg_database d where datname = $1`,
    [database],
  );
  const [row] = rows;
  if (row === undefined) throw new Failure("objectMissing", `There is no database ${database}.`);
  return row;
}

/** Gives a database the rights, the settings and the limit of connections of another. */
export async function giveAlike(client: pg.Client, like: string, name: string): Promise<void> {
  const to = quotedName(name);
  const rights = await client.query<{ grantee: string; privilege: string; grantable: boolean }>(
    `select case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as grantee,
       privilege_type as privilege, is_grantable as grantable
     from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) where datname = $1`,
    [like],
  );
  await client.query(`revoke all on database ${to} from public`);
  for (const { grantee, privilege, grantable } of rights.rows) {
    await client.query(`grant ${privilege} on database ${to} to ${grantee}${grantable ? " with grant option" : ""}`);
  }
  const settings = await client.query<{ role: string | null; setting: string }>(
    `select case when setrole = 0 then null else quote_ident(pg_get_userbyid(setrole)) end as role, unnest(setconfig) as setting
     from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where datname = $1`,
    [like],
  );
  for (const { role, setting } of settings.rows) {
    const at = setting.indexOf("=");
    const of = role === null ? `alter database ${to}` : `alter role ${role} in database ${to}`;
    // By way of this session: a list of names, as search_path is one, can't be written as one text.
    await client.query("select set_config($1, $2, false)", [setting.slice(0, at), setting.slice(at + 1)]);
    await client.query(`${of} set ${quotedTable(setting.slice(0, at))} from current`);
  }
  const { limit } = await rowOf(client, like);
  await client.query(`alter database ${to} connection limit ${limit}`);
}
