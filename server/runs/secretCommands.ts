import type { RunId } from "../../domain/ids.ts";
import { UserId } from "../../domain/ids.ts";
import { isOneOf } from "../../domain/run/actor.ts";
import type { OrderAnswer } from "../../protocol/http/orders.ts";
import type { SignedIn } from "../identity/actor.ts";
import type { House } from "../identity/door.ts";
import type { Once } from "../identity/once.ts";
import type { WrittenOrder } from "./orderCommands.ts";
import { giveOrder } from "./orderCommands.ts";

/** A passphrase as the browser sealed it. What it says nobody here can read. */
export interface SealedBody {
  readonly secret: string;
  readonly recipient: string;
  readonly ciphertext: string;
  readonly place: string;
}

/**
 * Keeps a sealed passphrase for the host that it was sealed to, and records who holds it and where. The recipient must be the key
 * that this very host made for this very run: a passphrase sealed to anything else could not be opened there, or could be elsewhere.
 */
export async function keepSealedSecret(
  house: House,
  actor: SignedIn,
  runId: RunId,
  body: SealedBody,
  once: Once<WrittenOrder>,
): Promise<OrderAnswer | "noSuchSecret" | "wrongRecipient" | undefined> {
  const run = await house.runs.read(runId);
  const spec = run?.plan.runbook.secrets[body.secret];
  const host = spec && run?.state.hosts[spec.host];
  if (!spec || !host) return "noSuchSecret";
  const key = await house.prisma.runKey.findUnique({ where: { runId_hostId: { runId, hostId: host.hostId } } });
  if (key?.recipient !== body.recipient) return "wrongRecipient";
  const sealed = { hostId: host.hostId, recipient: body.recipient, ciphertext: body.ciphertext };
  const holder = { userId: UserId.parse(actor.userId), roles: new Set([actor.role]), groups: actor.groups };
  // First, so that no end of the server in between leaves one that is recorded as sealed and lies nowhere. What is there already is
  // replaced only once the order was taken.
  if (isOneOf(holder, [spec.holder])) {
    const data = [{ runId, name: body.secret, ...sealed }];
    await house.prisma.sealedSecret.createMany({ data, skipDuplicates: true });
  }
  const { secret, place, recipient } = body;
  const order = { order: "recordSecret", secret, place, recipient } as const;
  const answer = await giveOrder(house, actor, runId, order, undefined, once);
  if (answer?.accepted) {
    await house.prisma.sealedSecret.upsert({
      where: { runId_name: { runId, name: body.secret } },
      update: sealed,
      create: { runId, name: body.secret, ...sealed },
    });
  }
  return answer;
}
