import { createHash } from "node:crypto";
import type { HostId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import { rotateText } from "../../protocol/handshake.ts";
import type { RotateBody, RotateRefusal } from "../../protocol/http/enrolment.ts";
import { recordIncident, runsOfHost } from "../db/hostLinks.ts";
import type { House } from "../identity/door.ts";
import { isSignedBy } from "../identity/ed25519.ts";
import { fingerprintWords } from "../identity/words.ts";
import { WISH_COUNTS_FOR_MS } from "./leave.ts";

const refusal = (because: RotateRefusal["because"], message: string): RotateRefusal => ({ because, message });

/**
 * Gives a host another key, at its own wish: signed with the old one, and with the new one that it claims. Answers why not, or nothing. The
 * same wish again is granted again: its answer may have been lost. Refused while a run of the host is open, since its decisions name the
 * host by the key that it had when the window was planned.
 */
export async function rotateKey(
  { prisma, pool }: Pick<House, "prisma" | "pool">,
  body: RotateBody,
  now: Instant,
): Promise<RotateRefusal | undefined> {
  const host = await prisma.host.findUnique({ where: { id: body.hostId } });
  const wrong = refusal("signatureWrong", "This is not signed by a host of this server.");
  if (!host || host.revokedAt !== null || !isSignedBy(body.newKey, rotateText(body), body.proof)) return wrong;
  if (host.publicKey === body.newKey) return undefined;
  if (!isSignedBy(host.publicKey, rotateText(body), body.signature)) return wrong;
  if (Math.abs(now - body.at) > WISH_COUNTS_FOR_MS) {
    return refusal("tooOld", "The wish is more than five minutes old. Set the clock of the host, then try again.");
  }
  const open = await openRun(pool, body.hostId);
  if (open !== undefined) {
    return refusal("windowOpen", `Run ${open} names this host by its key. Let it end, or end it, then try again.`);
  }
  if (await prisma.host.findUnique({ where: { publicKey: body.newKey } })) {
    return refusal("keyKnown", "Another host has this key, or had it.");
  }
  const { count } = await prisma.host.updateMany({
    // Two wishes at the same time: one of them finds its old key gone.
    where: { id: body.hostId, publicKey: host.publicKey, revokedAt: null },
    data: { publicKey: body.newKey, fingerprint: sha256(body.newKey) },
  });
  if (count !== 1) return wrong;
  const words = fingerprintWords(host.fingerprint);
  await recordIncident(pool, body.hostId, "keyRotated", `Its key was changed, on the host. The old one was: ${words}`);
  return undefined;
}

async function openRun(pool: House["pool"], hostId: HostId): Promise<string | undefined> {
  return (await runsOfHost(pool, hostId)).find(({ ended }) => !ended)?.runId;
}

const sha256 = (key: string) => createHash("sha256").update(Buffer.from(key, "base64")).digest("hex");
