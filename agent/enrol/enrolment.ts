import { readFileSync } from "node:fs";
import { z } from "zod";
import { Failure } from "../../domain/failure.ts";
import { HostId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import { PublicKey } from "../../protocol/http/enrolment.ts";
import { errnoOf, replaceFile } from "../process/durableFile.ts";
import { statePaths } from "../stateDirectory.ts";

/** enrolment.json: which server this host obeys, and the key it knows it by. Written once, at enrolment. */
export const Enrolment = z.strictObject({
  version: z.literal(1),
  /** As given to enrol: `https://slackwater.example`. */
  server: z.url(),
  hostId: HostId,
  serverKey: PublicKey,
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
