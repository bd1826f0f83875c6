import { randomUUID } from "node:crypto";
import { Digest, HostId, HostRole, RunId, UserId, WindowId } from "../../domain/ids.ts";
import type { EventOf } from "../../domain/run/events.ts";
import { readParameters } from "../../domain/runbook/readParameters.ts";
import { Instant } from "../../domain/time.ts";
import type { CreateWindowBody } from "../../protocol/http/windows.ts";
import { compileStored } from "../db/compileText.ts";
import { createRun } from "../db/eventLog.ts";
import { notifyAtCommit } from "../db/notifier.ts";
import type { SignedIn } from "../identity/actor.ts";
import type { House } from "../identity/door.ts";
import type { Once } from "../identity/once.ts";

/** The ids of a new window and its run. */
export interface WindowIds {
  readonly windowId: string;
  readonly runId: string;
}

/** A window with its run, or what is wrong with the form, field by field. */
export type CreatedWindow =
  | ({ readonly ok: true } & WindowIds)
  | { readonly ok: false; readonly fields: Readonly<Record<string, string>> };

/**
 * Creates a window, and its live run in preparation, in one transaction. Who creates it is its requester and will never decide.
 * Parameters and hosts are checked against the runbook; the key of each host is pinned from here on.
 */
export async function createWindow(
  house: House,
  actor: SignedIn,
  body: CreateWindowBody,
  once: Once<WindowIds>,
): Promise<CreatedWindow> {
  const { prisma } = house;
  const earlier = await once.earlier();
  if (earlier) return { ok: true, ...earlier };
  const fields: Record<string, string> = {};
  const [service, row] = await Promise.all([
    prisma.service.findUnique({ where: { id: body.serviceId } }),
    prisma.runbook.findUnique({ where: { digest: body.runbookDigest } }),
  ]);
  if (!service) fields.serviceId = "There is no such service.";
  if (!row) return { ok: false, fields: { ...fields, runbookDigest: "There is no such runbook." } };
  const { runbook, digests } = compileStored(row.text);
  const read = readParameters(runbook, body.parameters);
  if (!read.ok) for (const [name, wrong] of Object.entries(read.problems)) fields[`parameters.${name}`] = wrong;
  const hosts = await pinHosts(house, Object.keys(runbook.hosts), body.hosts, fields);
  if (!read.ok || Object.keys(fields).length > 0) return { ok: false, fields };

  const windowId = WindowId.parse(randomUUID());
  const runId = RunId.parse(randomUUID());
  const now = Instant.parse(Date.now());
  const event: EventOf<"runCreated"> = {
    type: "runCreated",
    runId,
    windowId,
    kind: "live",
    runbookDigest: digests.whole,
    executableDigest: digests.executable,
    parameters: read.parameters,
    hosts,
    windowStartsAt: body.startsAt,
    windowEndsAt: body.endsAt,
    requestedBy: [UserId.parse(actor.userId)],
  };
  const ids = await once.write(async (client) => {
    await client.query(
      `insert into "window" (id, service_id, title, type, starts_at, ends_at, zone, runbook_digest, parameters, hosts, requesters, updated_at)
       values ($1, $2, $3, $4, to_timestamp($5 / 1000.0), to_timestamp($6 / 1000.0), $7, $8, $9, $10, $11, now())`,
      [
        windowId,
        body.serviceId,
        body.title,
        body.type,
        body.startsAt,
        body.endsAt,
        body.zone,
        digests.whole,
        read.parameters,
        body.hosts,
        [actor.userId],
      ],
    );
    await createRun(client, event, now);
    await notifyAtCommit(client, { about: "windows" }, { about: "inputs", runId });
    return { windowId, runId };
  });
  return { ok: true, ...ids };
}

async function pinHosts(
  { prisma }: House,
  roles: readonly string[],
  chosen: Readonly<Record<string, string>>,
  fields: Record<string, string>,
): Promise<EventOf<"runCreated">["hosts"]> {
  const enrolled = await prisma.host.findMany({ where: { id: { in: Object.values(chosen) }, revokedAt: null } });
  const pinned: EventOf<"runCreated">["hosts"] = {};
  for (const role of roles) {
    const host = enrolled.find(({ id }) => id === chosen[role]);
    if (host) {
      pinned[HostRole.parse(role)] = { hostId: HostId.parse(host.id), keyFingerprint: Digest.parse(host.fingerprint) };
    } else fields[`hosts.${role}`] = "Choose an enrolled host.";
  }
  for (const role of Object.keys(chosen))
    if (!roles.includes(role)) fields[`hosts.${role}`] = "The runbook has no such host.";
  return pinned;
}
