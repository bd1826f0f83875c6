import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The account that owns the sample's data and runs its server. */
export interface SampleOwner {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** What the official PostgreSQL container image uses, so that the plain and the container variant agree. */
const CONTAINER_ID = 999;
const NAME_TO_MAKE = "sample";

async function account(matches: (owner: SampleOwner) => boolean): Promise<SampleOwner | undefined> {
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n");
  return lines
    .map((line) => line.split(":"))
    .map(([name = "", , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .find(matches);
}

/**
 * Finds an unprivileged account: the caller's own when the caller is not root; else the one with the number 999, which is
 * made when mayMake says so (in a guest, never on somebody's machine); else postgres; else nobody.
 */
export async function findSampleOwner(mayMake: boolean): Promise<SampleOwner> {
  if (process.getuid?.() !== 0) {
    const { username, uid, gid } = userInfo();
    return { name: username, uid, gid };
  }
  const isContainerId = ({ uid }: SampleOwner) => uid === CONTAINER_ID;
  let owner = await account(isContainerId);
  if (!owner && mayMake) {
    const id = String(CONTAINER_ID);
    const hasGroup = (await readFile("/etc/group", "utf8")).split("\n").some((line) => line.split(":")[2] === id);
    if (!hasGroup) await run("groupadd", ["--gid", id, NAME_TO_MAKE]);
    await run("useradd", ["--uid", id, "--gid", id, "--no-create-home", "--shell", "/usr/sbin/nologin", NAME_TO_MAKE]);
    owner = await account(isContainerId);
  }
  owner ??= await account(({ name }) => name === "postgres");
  owner ??= await account(({ name }) => name === "nobody");
  if (!owner) throw new Error("There is no account that the sample's server could run as.");
  return owner;
}
