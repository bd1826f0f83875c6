import type { RunId } from "../../domain/ids.ts";
import { Role } from "../../domain/run/actor.ts";
import type { Head } from "../../domain/run/chain.ts";
import { PackAbout } from "../../protocol/runPack.ts";
import { announcedWindow } from "./announcements.ts";
import type { Queryable } from "./queryable.ts";
import type { RunOnRecord } from "./runReader.ts";

/** What a run pack holds beside the run's log: the text, and the names by which people and hosts are called. */
export async function packAbout(db: Queryable, { state, plan }: RunOnRecord): Promise<PackAbout> {
  const roles = Object.entries(state.hosts);
  const [{ title, service, zone }, hosts, people] = await Promise.all([
    announcedWindow(db, state.windowId),
    db.query<{ id: string; name: string }>("select id, name from host where id = any($1::uuid[])", [
      roles.map(([, { hostId }]) => hostId),
    ]),
    db.query<{ id: string; name: string; role: string; groups: string[] }>(
      `select id, name, role, groups from "user" where role <> 'viewer' order by id limit 500`,
    ),
  ]);
  const nameOf = new Map(hosts.rows.map((host) => [host.id, host.name]));
  return PackAbout.parse({
    runbookText: plan.text,
    window: { title, service, zone },
    hosts: roles.map(([role, { hostId }]) => ({ role, hostId, name: nameOf.get(hostId) ?? "a removed host" })),
    people: people.rows.map(({ id, name, role, groups }) => ({
      ...{ userId: id, name, groups },
      role: Role.catch("viewer").parse(role),
    })),
  });
}

/** Whether a run's log goes through this place: what somebody holds up to there is the beginning of it. */
export async function isOnRecord(db: Queryable, runId: RunId, { seq, hash }: Head): Promise<boolean> {
  if (seq === 0) return true;
  const { rowCount } = await db.query("select 1 from run_event where run_id = $1 and seq = $2 and hash = $3", [
    ...[runId, seq, hash],
  ]);
  return rowCount === 1;
}
