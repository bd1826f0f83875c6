import type { Instant } from "../../domain/time.ts";
import { leaveText } from "../../protocol/handshake.ts";
import type { LeaveBody, LeaveRefusal } from "../../protocol/http/enrolment.ts";
import { recordIncident } from "../db/hostLinks.ts";
import type { House } from "../identity/door.ts";
import { isSignedBy } from "../identity/ed25519.ts";
import { revokeHost } from "./commands.ts";

/** How old or how far ahead a host's signed wish may be (ms): clocks differ, and an old one may have been copied. */
export const WISH_COUNTS_FOR_MS = 5 * 60_000;

/**
 * Takes a host off the list at its own wish, as an admin could: its key never counts again, and what it had been ordered counts as unknown.
 * Answers why not, or nothing. A host that is off the list already stays off it.
 */
export async function leaveHost(
  { prisma, pool }: Pick<House, "prisma" | "pool">,
  body: LeaveBody,
  now: Instant,
): Promise<LeaveRefusal | undefined> {
  const host = await prisma.host.findUnique({ where: { id: body.hostId } });
  if (!host || !isSignedBy(host.publicKey, leaveText(body), body.signature)) {
    return { because: "signatureWrong", message: "This is not signed by a host of this server." };
  }
  if (Math.abs(now - body.at) > WISH_COUNTS_FOR_MS) {
    return {
      because: "tooOld",
      message: "The wish is more than five minutes old. Set the clock of the host, then try again.",
    };
  }
  if (host.revokedAt === null)
    await recordIncident(pool, body.hostId, "left", "Its owner took it off the list, on the host.");
  await revokeHost({ prisma, pool }, body.hostId);
  return undefined;
}
