import { z } from "zod";
import { HostId, UserId } from "../ids.ts";
import { Head } from "./chain.ts";

const signature = z.base64().max(88);

/** See TakeOver. */
export const takeOverShape = {
  hostId: HostId,
  /** Who said so at the host, by their own word: root there can name anybody of the window's operators. */
  by: UserId,
  from: Head,
  /** Ed25519, base64 of 32 raw bytes; its fingerprint is the one that the run was made with. */
  publicKey: z.base64().max(44),
  /** Over takeOverText. */
  signature,
};

/**
 * A host carries a run on by itself, because a person there said so while the server could not be reached. It stands on the event that
 * it names: what the server wrote behind that, not knowing, counts for nothing.
 */
export const TakeOver = z.strictObject(takeOverShape);
export type TakeOver = z.infer<typeof TakeOver>;

/** See GiveBack. */
export const giveBackShape = {
  hostId: HostId,
  by: UserId,
  /** Over giveBackText: over everything that the host did since it took over. */
  signature,
};

/** The server decides about the run again. */
export const GiveBack = z.strictObject(giveBackShape);
export type GiveBack = z.infer<typeof GiveBack>;
