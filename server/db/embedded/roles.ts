import pg from "pg";
import type { Secrets } from "./cluster.ts";
import { ADMIN_ROLE } from "./cluster.ts";

/** Owns the tables and migrates them. */
export const OWNER_ROLE = "slackwater_owner";
/** What Slackwater runs as: it reads and writes rows, and can only add to the event log. */
export const APP_ROLE = "slackwater_app";
/** Holds everything of Slackwater. */
export const DATABASE = "slackwater";

/** An address of the embedded server for one role. `database` is Slackwater's own unless said otherwise. */
export function urlFor(role: keyof Secrets, secrets: Secrets, port: number, database: string = DATABASE): string {
  const name = { admin: ADMIN_ROLE, owner: OWNER_ROLE, app: APP_ROLE }[role];
  return `postgresql://${name}:${encodeURIComponent(secrets[role])}@127.0.0.1:${port}/${database}`;
}

/** Makes the two roles and the database where they are missing. Safe to repeat, and for two instances at once. */
export async function ensureRoles(admin: pg.Client, secrets: Secrets): Promise<void> {
  for (const [role, password] of [
    [OWNER_ROLE, secrets.owner],
    [APP_ROLE, secrets.app],
  ] as const) {
    const { rowCount } = await admin.query("select 1 from pg_roles where rolname = $1", [role]);
    if (rowCount) continue;
    await ignoringRace(admin.query(`create role ${role} login password ${pg.escapeLiteral(password)}`));
  }
  const { rowCount } = await admin.query("select 1 from pg_database where datname = $1", [DATABASE]);
  if (!rowCount) await ignoringRace(admin.query(`create database ${DATABASE} owner ${OWNER_ROLE}`));
  // Asked apart, because an earlier first start may have ended between the two; in one, because between these it would shut us out.
  const { rows } = await admin.query<{ bare: boolean }>(
    "select datacl is null as bare from pg_database where datname = $1",
    [DATABASE],
  );
  if (!rows[0]?.bare) return;
  await admin.query(
    `revoke all on database ${DATABASE} from public; grant connect, temporary on database ${DATABASE} to ${APP_ROLE}`,
  );
}

// duplicate_object, duplicate_database, unique_violation of the catalogue: another instance was quicker.
const ALREADY_THERE = ["42710", "42P04", "23505"];

async function ignoringRace(query: Promise<unknown>): Promise<void> {
  try {
    await query;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || !ALREADY_THERE.includes(error.code ?? "")) throw error;
  }
}
