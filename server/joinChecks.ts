import { createHash } from "node:crypto";
import { Digest } from "../domain/ids.ts";
import type { JoinChecks } from "../domain/localRun/joinTurn.ts";
import { sha256 } from "./db/sha256.ts";
import { isSignedBy } from "./identity/ed25519.ts";

/** How hashes, keys and signatures of hosts are checked, for what a host did by itself: by the engine, and by `slackwater verify`. */
export const JOIN_CHECKS: JoinChecks = {
  sha256,
  fingerprintOf: (publicKey) =>
    Digest.parse(createHash("sha256").update(Buffer.from(publicKey, "base64")).digest("hex")),
  isSigned: isSignedBy,
};
