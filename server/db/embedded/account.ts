import { readFileSync, statSync } from "node:fs";

/** A user and group by number, as spawn() takes them. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const NOBODY: Account = { uid: 65534, gid: 65534 };

/**
 * The account that PostgreSQL runs under, or undefined for "the one we have". PostgreSQL refuses to run as root; then
 * it is the account that owns the cluster already, else `postgres`, else `nobody`. No user is created.
 *
 * @param dataFolder the cluster's data folder, if there is one. Its owner comes first, because Debian's `postgres` user
 *   may appear after a first start under `nobody`, and a cluster can't change hands by itself.
 */
export function serverAccount(dataFolder: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return ownerOf(dataFolder) ?? accountNamed("postgres") ?? accountNamed("nobody") ?? NOBODY;
}

function ownerOf(folder: string): Account | undefined {
  const stat = statSync(folder, { throwIfNoEntry: false });
  return stat && stat.uid !== 0 ? { uid: stat.uid, gid: stat.gid } : undefined;
}

function accountNamed(name: string): Account | undefined {
  for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
    const [user, , uid, gid] = line.split(":");
    if (user === name) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}
