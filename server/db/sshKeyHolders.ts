import { UserId } from "../../domain/ids.ts";
import { Role } from "../../domain/run/actor.ts";
import type { Queryable } from "./queryable.ts";

/** Whose an SSH key is. */
export interface SshKeyHolder {
  readonly userId: UserId;
  readonly role: Role;
  readonly groups: readonly string[];
}

/** Who put this SSH key on record, as they are now; undefined for a key that nobody did. */
export async function sshKeyHolder(db: Queryable, publicKey: string): Promise<SshKeyHolder | undefined> {
  const { rows } = await db.query<{ id: string; role: string; groups: string[] }>(
    `select u.id, u.role, u.groups from ssh_key k join "user" u on u.id = k.user_id where k.public_key = $1`,
    [publicKey],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return { userId: UserId.parse(row.id), role: Role.catch("viewer").parse(row.role), groups: row.groups };
}
