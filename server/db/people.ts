import type { UserId } from "../../domain/ids.ts";
import type { Actor } from "../../domain/run/actor.ts";
import { Role } from "../../domain/run/actor.ts";
import type { Queryable } from "./queryable.ts";

/** A person with role and groups as they are on record now; undefined where there is none, or the role is none of ours. */
export async function readPerson(db: Queryable, userId: UserId): Promise<Actor["named"]> {
  const { rows } = await db.query<{ role: string; groups: string[] }>('select role, groups from "user" where id = $1', [
    userId,
  ]);
  const [row] = rows;
  const role = Role.safeParse(row?.role);
  return row === undefined || !role.success ? undefined : { userId, roles: new Set([role.data]), groups: row.groups };
}
