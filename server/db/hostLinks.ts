import { Digest, HostId, RunId, TaskId } from "../../domain/ids.ts";
import type { Queryable } from "./queryable.ts";

/** An enrolled host, as the door needs it. */
export interface EnrolledHost {
  readonly hostId: HostId;
  readonly name: string;
  /** Ed25519, base64 of 32 bytes. */
  readonly publicKey: string;
  readonly fingerprint: Digest;
  readonly machineId: string;
  readonly bootId: string | undefined;
  readonly revoked: boolean;
  /** Grows with every connection. */
  readonly fence: bigint;
  /** The process that holds its connection, and when that last showed life by the database's clock (ms). */
  readonly link: { readonly owner: string; readonly seenAtMs: number } | undefined;
}

/** The host of an id; undefined when it was never enrolled. */
export async function enrolledHost(db: Queryable, hostId: HostId): Promise<EnrolledHost | undefined> {
  const { rows } = await db.query<{
    name: string;
    public_key: string;
    fingerprint: string;
    machine_id: string;
    boot_id: string | null;
    revoked: boolean;
    link_owner: string | null;
    link_fence: string;
    seen_at: string | null;
  }>({
    name: "enrolled host",
    text: `select name, public_key, fingerprint, machine_id, boot_id, revoked_at is not null as revoked,
        link_owner, link_fence, (extract(epoch from last_seen_at) * 1000)::bigint as seen_at
      from host where id = $1`,
    values: [hostId],
  });
  const row = rows[0];
  if (!row) return undefined;
  return {
    hostId,
    name: row.name,
    publicKey: row.public_key,
    fingerprint: Digest.parse(row.fingerprint),
    machineId: row.machine_id,
    bootId: row.boot_id ?? undefined,
    revoked: row.revoked,
    fence: BigInt(row.link_fence),
    link: row.link_owner === null ? undefined : { owner: row.link_owner, seenAtMs: Number(row.seen_at ?? 0) },
  };
}

/** What a connected agent says of itself, kept on the host's row. */
export interface LinkFacts {
  readonly agentVersion: string;
  readonly bootId: string;
  readonly actions: readonly string[];
}

/**
 * Makes a connection the host's link: its number grows, so that whoever held it before finds itself fenced off. Answers
 * undefined when somebody else was quicker or the host was revoked meanwhile.
 */
export async function claimLink(
  db: Queryable,
  claim: { readonly hostId: HostId; readonly owner: string; readonly seenFence: bigint; readonly facts: LinkFacts },
): Promise<bigint | undefined> {
  const { hostId, owner, seenFence, facts } = claim;
  const { rows } = await db.query<{ link_fence: string }>(
    `update host set link_owner = $2, link_fence = link_fence + 1, last_seen_at = clock_timestamp(),
       agent_version = $4, boot_id = $5, actions = $6
     where id = $1 and link_fence = $3 and revoked_at is null
     returning link_fence`,
    [hostId, owner, String(seenFence), facts.agentVersion, facts.bootId, facts.actions],
  );
  return rows[0] && BigInt(rows[0].link_fence);
}

/** A host's link as a process holds it. */
export interface HeldLink {
  readonly hostId: HostId;
  readonly fence: bigint;
}

/** Says that links are alive, all in one statement. Answers those that still are: the others have another holder, or their host was revoked. */
export async function touchLinks(db: Queryable, links: readonly HeldLink[]): Promise<ReadonlySet<HostId>> {
  const { rows } = await db.query<{ id: string }>({
    name: "touch links",
    text: `update host set last_seen_at = clock_timestamp()
      from unnest($1::uuid[], $2::bigint[]) as held (host_id, fence)
      where id = held.host_id and link_fence = held.fence and revoked_at is null
      returning id`,
    values: [links.map(({ hostId }) => hostId), links.map(({ fence }) => String(fence))],
  });
  return new Set(rows.map(({ id }) => HostId.parse(id)));
}

/** Which of these hosts have an open task, or a run that has not ended. */
export async function hostsWithWork(db: Queryable, hostIds: readonly HostId[]): Promise<ReadonlySet<HostId>> {
  const { rows } = await db.query<{ id: string }>({
    name: "hosts with work",
    text: `select id from unnest($1::uuid[]) as asked (id)
      where exists (select 1 from task t where t.host_id = asked.id and t.ended_at is null)
        or asked.id::text in (
          select h.value from run r join "window" w on w.id = r.window_id, jsonb_each_text(w.hosts) h
          where r.stage <> 'ended')`,
    values: [hostIds],
  });
  return new Set(rows.map(({ id }) => HostId.parse(id)));
}

/**
 * The hosts that are connected. A link shows life each second; one that has not for longer was held by a process that was killed, and
 * nobody lets go of it until its agent comes back.
 */
export async function connectedHosts(db: Queryable): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>({
    name: "connected hosts",
    text: `select id from host
      where link_owner is not null and revoked_at is null and last_seen_at > clock_timestamp() - interval '10 seconds'`,
  });
  return new Set(rows.map((row) => row.id));
}

/** Lets go of the link, if it still is this one's. */
export async function releaseLink(db: Queryable, hostId: HostId, fence: bigint): Promise<void> {
  await db.query(`update host set link_owner = null where id = $1 and link_fence = $2`, [hostId, String(fence)]);
}

/** Keeps what nobody may overlook about a host: a second agent with its key, a bad signature, values that can't be true. */
export async function recordIncident(db: Queryable, hostId: HostId, kind: string, detail: string): Promise<void> {
  await db.query(`insert into host_incident (id, host_id, kind, detail) values (gen_random_uuid(), $1, $2, $3)`, [
    hostId,
    kind,
    detail.slice(0, 2000),
  ]);
}

/**
 * Runs that use this host: those that have not ended, and for 30 days after their end those that it has worked on or holds a key for: it
 * takes their window for open until it is told.
 */
export async function runsOfHost(
  db: Queryable,
  hostId: HostId,
): Promise<{ readonly runId: RunId; readonly ended: boolean; readonly hasRunKey: boolean }[]> {
  const { rows } = await db.query<{ id: string; ended: boolean; has_key: boolean }>({
    name: "runs of host",
    text: `select r.id, r.stage = 'ended' as ended, k.run_id is not null as has_key
      from run r join "window" w on w.id = r.window_id
      left join run_key k on k.run_id = r.id and k.host_id = $1::uuid
      where (r.stage <> 'ended' or r.ended_at > now() - interval '30 days'
          and (k.run_id is not null or exists (select 1 from task t where t.run_id = r.id and t.host_id = $1::uuid)))
        and exists (select 1 from jsonb_each_text(w.hosts) h where h.value = $1::uuid::text)
      order by r.created_at`,
    values: [hostId],
  });
  return rows.map((row) => ({ runId: RunId.parse(row.id), ended: row.ended, hasRunKey: row.has_key }));
}

/** True while the host has been given work that it has not reported the end of. */
export async function hasOpenTask(db: Queryable, hostId: HostId): Promise<boolean> {
  const { rowCount } = await db.query(
    "select 1 from task where host_id = $1 and settled_at is not null and ended_at is null limit 1",
    [hostId],
  );
  return rowCount === 1;
}

/** What is on record of tasks that an agent named: bytes of output, and whether their end was reported. Only its own. */
export async function recordOfTasks(
  db: Queryable,
  hostId: HostId,
  taskIds: readonly TaskId[],
): Promise<{ readonly taskId: TaskId; readonly outputBytes: number; readonly reported: boolean }[]> {
  const { rows } = await db.query<{ task_id: string; output_bytes: string; reported: boolean }>(
    `select task_id, output_bytes, ended_at is not null as reported from task
     where host_id = $1 and task_id = any($2::text[])`,
    [hostId, taskIds],
  );
  return rows.map((row) => ({
    taskId: TaskId.parse(row.task_id),
    outputBytes: Number(row.output_bytes),
    reported: row.reported,
  }));
}
