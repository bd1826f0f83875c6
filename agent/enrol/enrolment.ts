import { readFileSync } from "node:fs";
import { z } from "zod";
import { Failure } from "../../domain/failure.ts";
import { Digest, HostId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import { PublicKey } from "../../protocol/http/enrolment.ts";
import { errnoOf, replaceFile } from "../process/durableFile.ts";
import { statePaths } from "../stateDirectory.ts";

/** enrolment.json: which server this host obeys, and the keys it knows it by. Written at enrolment; `trust server` changes `server` and `tlsPin`. */
export const Enrolment = z.strictObject({
  version: z.literal(1),
  /** As its owner gave it: `https://slackwater.example`. */
  server: z.url(),
  hostId: HostId,
  serverKey: PublicKey,
  /** SHA-256 of the TLS key, or of its authority's, that the link is made under; absent where nothing is pinned. */
  tlsPin: Digest.optional(),
  enrolledAt: Instant,
});
export type Enrolment = z.infer<typeof Enrolment>;

/** Undefined before enrolment. */
export function readEnrolment(stateDir: string): Enrolment | undefined {
  const { enrolment } = statePaths(stateDir);
  try {
    return Enrolment.parse(JSON.parse(readFileSync(enrolment, "utf8")));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw new Failure("journalDamaged", `${enrolment} can't be read. Enrol this host again.`, { cause: error });
  }
}

/** On disk before it returns. */
export function writeEnrolment(stateDir: string, enrolment: Enrolment): void {
  replaceFile(statePaths(stateDir).enrolment, `${JSON.stringify(enrolment, null, 2)}\n`, { durable: true });
}
