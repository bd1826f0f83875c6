import type pg from "pg";
import { inTransaction } from "../db/queryable.ts";

/** What every page shows in the place of the name. */
export const ERASED_NAME = "a person who was erased";
/** A domain that can never be anybody's (RFC 2606). */
const ERASED_DOMAIN = "erased.invalid";

/** What keeps somebody from being erased: they are still needed, and their name with them. */
export interface StillNeeded {
  /** Title of the window, and what they are in it. */
  readonly window: string;
  readonly as: "requester" | "approver" | "holder of a passphrase";
}

/** What came of it. `needed`: nothing was done, because these windows are open. */
export type Erased =
  | {
      readonly kind: "erased";
      readonly userId: string;
      readonly removed: readonly string[];
      readonly needed: readonly StillNeeded[];
    }
  | { readonly kind: "unknown" | "alreadyErased" | "lastAdmin" }
  | { readonly kind: "needed"; readonly needed: readonly StillNeeded[] };

interface Person {
  readonly id: string;
  readonly email: string;
  readonly role: string;
}

/**
 * Erases a person: name, address, picture, ways to sign in, keys with their labels, and every open session. The id stays, because logs name
 * people by it and nothing else; so every run verifies as before. All or nothing.
 *
 * @param who id, or the address that they sign in with
 * @param isForced also where open windows need them. The last admin is never erased: nobody could add another host or person then
 */
export async function erasePerson(pool: pg.Pool, who: string, isForced: boolean): Promise<Erased> {
  return inTransaction<Erased>(pool, async (client) => {
    // Two who erase each other at once must not both find that the other one is left.
    const admins = await client.query<Person>(
      `select id, email, role from "user" where role = 'admin' order by id for update`,
    );
    const { rows } = await client.query<Person>(
      `select id, email, role from "user" where id = $1 or email = lower($1) for update`,
      [who],
    );
    const [person] = rows;
    if (person === undefined) return { undo: true, value: { kind: "unknown" } };
    if (person.email.endsWith(`@${ERASED_DOMAIN}`)) return { undo: true, value: { kind: "alreadyErased" } };
    if (person.role === "admin" && admins.rowCount === 1) return { undo: true, value: { kind: "lastAdmin" } };
    const needed = await stillNeeded(client, person.id);
    if (needed.length > 0 && !isForced) return { undo: true, value: { kind: "needed", needed } };
    return { undo: false, value: { kind: "erased", userId: person.id, removed: await erase(client, person), needed } };
  });
}

/** Windows that are not over and in which the person asked for, decided or holds something. */
async function stillNeeded(client: pg.PoolClient, userId: string): Promise<StillNeeded[]> {
  const { rows } = await client.query<{ window: string; as: StillNeeded["as"] }>(
    `with open_run as (select id, window_id from run where stage <> 'ended'),
     event as (
       select r.window_id, e.type, e.payload::jsonb as payload from open_run r join run_event e on e.run_id = r.id
       where e.type in ('decisionSigned', 'secretSealed', 'runStarted')),
     part as (
       select w.id, 'requester' as "as" from "window" w
       where $1 = any(w.requesters)
         and (w.id in (select window_id from open_run) or (w.ends_at > now() and not exists (select 1 from run r where r.window_id = w.id)))
       union select window_id, 'requester' from event where type = 'runStarted' and payload->>'by' = $1
       union select window_id, 'approver' from event where type = 'decisionSigned' and payload->>'by' = $1
       union select window_id, 'holder of a passphrase' from event where type = 'secretSealed' and payload->>'holder' = $1)
     select w.title as window, p."as" from part p join "window" w on w.id = p.id order by w.starts_at, p."as"`,
    [userId],
  );
  return rows;
}

async function erase(client: pg.PoolClient, { id, email }: Person): Promise<readonly string[]> {
  const removed: string[] = [];
  const remove = async (what: string, text: string, values: readonly unknown[]): Promise<void> => {
    const { rowCount } = await client.query(text, [...values]);
    if (rowCount) removed.push(`${rowCount} ${what}`);
  };
  await remove("sessions", "delete from session where user_id = $1", [id]);
  await remove("ways to sign in", "delete from account where user_id = $1", [id]);
  await remove("passkeys", "delete from passkey where user_id = $1", [id]);
  await remove("SSH keys", "delete from ssh_key where user_id = $1", [id]);
  await remove("tokens of scripts", "delete from api_token where user_id = $1", [id]);
  await remove("keys of orders", "delete from keyed_request where user_id = $1", [id]);
  await remove("challenges", "delete from challenge where user_id = $1", [id]);
  await remove("verifications", "delete from verification where identifier = $1 or value in ($1, $2)", [email, id]);
  await client.query(
    `update "user" set name = $2, email = $3, email_verified = false, image = null, role = 'viewer', groups = '{}', updated_at = now()
     where id = $1`,
    [id, ERASED_NAME, `${id.toLowerCase()}@${ERASED_DOMAIN}`],
  );
  return removed;
}
