import { randomUUID } from "node:crypto";
import type pg from "pg";
import { canonicalJson } from "../../domain/canonicalJson.ts";
import { Digest, HostId, RunId, UserId, WindowId } from "../../domain/ids.ts";
import type { Head } from "../../domain/run/chain.ts";
import type { RunEvent } from "../../domain/run/events.ts";
import { Instant } from "../../domain/time.ts";
import { createRun } from "../../server/db/eventLog.ts";
import { sha256 } from "../../server/db/sha256.ts";
import { compileSample, SAMPLE } from "./sampleRun.ts";

/** A run in the database with what its rows refer to. */
export interface MadeRun {
  readonly runId: RunId;
  readonly windowId: WindowId;
  readonly hostId: HostId;
  readonly head: Head;
}

/** What a made run is of; everything has a default that holds for tests which do not look at it. */
export interface MakeRun {
  readonly hostId?: HostId;
  readonly fingerprint?: Digest;
  readonly runbookText?: string;
  readonly executableDigest?: Digest;
  readonly requestedBy?: readonly string[];
  readonly startsAt?: number;
  readonly endsAt?: number;
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
  readonly role?: string;
}

/** Writes a service, a runbook, a window and a run whose first event is `runCreated`, as the commands of the nouns do. */
export async function makeRun(pool: pg.Pool, wish: MakeRun = {}): Promise<MadeRun> {
  const runId = RunId.parse(randomUUID());
  const windowId = WindowId.parse(randomUUID());
  const hostId = wish.hostId ?? HostId.parse(randomUUID());
  const text = wish.runbookText ?? `# runbook ${runId}`;
  const digest = sha256(text);
  const now = Date.now();
  const startsAt = Instant.parse(wish.startsAt ?? now - 60_000);
  const endsAt = Instant.parse(wish.endsAt ?? now + 4 * 3_600_000);
  const serviceId = randomUUID();
  await pool.query(`insert into service (id, slug, name) values ($1, $2, 'Service')`, [serviceId, `s-${serviceId}`]);
  await pool.query(
    `insert into runbook (digest, slug, title, version, text, executable_digest) values ($1, 'r', 'R', '1', $2, $3)
     on conflict do nothing`,
    [digest, text, wish.executableDigest ?? digest],
  );
  await pool.query(
    `insert into "window" (id, service_id, title, type, starts_at, ends_at, zone, runbook_digest, parameters, hosts, requesters, updated_at)
     values ($1, $2, 'Window', 'routine', $3, $4, 'Europe/Berlin', $5, $6, $7, $8, now())`,
    [
      windowId,
      serviceId,
      new Date(startsAt),
      new Date(endsAt),
      digest,
      canonicalJson(wish.parameters ?? {}),
      { [wish.role ?? "db"]: hostId },
      wish.requestedBy ?? ["requester"],
    ],
  );
  const event: Extract<RunEvent, { type: "runCreated" }> = {
    type: "runCreated",
    runId,
    windowId,
    kind: "live",
    runbookDigest: digest,
    executableDigest: wish.executableDigest ?? digest,
    parameters: wish.parameters ?? {},
    hosts: { [wish.role ?? "db"]: { hostId, keyFingerprint: wish.fingerprint ?? Digest.parse("a".repeat(64)) } },
    windowStartsAt: startsAt,
    windowEndsAt: endsAt,
    requestedBy: (wish.requestedBy ?? ["requester"]).map((id) => UserId.parse(id)),
  };
  const head = await createRun(pool, event, Instant.parse(now));
  return { runId, windowId, hostId, head };
}

/** A run of a runbook that is written as an object (the sample unless another is given), on an enrolled host or on none. */
export function makeSampleRun(
  pool: pg.Pool,
  host?: Required<Pick<MakeRun, "hostId" | "fingerprint">>,
  runbook: object = SAMPLE,
): Promise<MadeRun> {
  const plan = compileSample(runbook);
  return makeRun(pool, {
    ...(host && { hostId: host.hostId, fingerprint: host.fingerprint }),
    runbookText: plan.text,
    executableDigest: plan.digests.executable,
    parameters: { from: "/srv/old", to: "/srv/new/data" },
    requestedBy: ["owner"],
  });
}

/** A note as an event: the smallest thing a log can hold. */
export function note(text: string): RunEvent {
  return { type: "noteWritten", text, by: UserId.parse("u1") };
}
