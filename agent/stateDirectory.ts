import { chmodSync, mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { Failure } from "../domain/failure.ts";
import { whoElseMayChange } from "./policy/ownedPath.ts";
import { realPath } from "./policy/realPath.ts";

/** Where each thing lies in the agent's state directory. What is kept here is described in docs/protocol.md. */
export function statePaths(stateDir: string) {
  return {
    identity: join(stateDir, "identity.pem"),
    nextIdentity: join(stateDir, "identity-next.pem"),
    enrolment: join(stateDir, "enrolment.json"),
    machineId: join(stateDir, "machine-id"),
    journal: join(stateDir, "journal"),
    spool: join(stateDir, "spool"),
    control: join(stateDir, "control.sock"),
    hold: join(stateDir, "hold.json"),
    packs: join(stateDir, "packs"),
    databaseRest: join(stateDir, "database-rest.json"),
  } as const;
}

/**
 * Makes the state directory, or takes the one that is there, and returns its real path. It holds the host's key and what was done
 * here, so it is refused (`notPermitted`) unless nobody but its owner can read it and nobody else can put another in its place.
 */
export function openStateDirectory(path: string, ourUid: number): string {
  const real = realPath(resolve(path));
  const isNew = mkdirSync(real, { recursive: true, mode: 0o700 }) !== undefined;
  if (isNew) chmodSync(real, 0o700);
  const stat = statSync(real);
  if (!stat.isDirectory()) throw new Failure("notPermitted", `${real} is not a directory.`);
  if ((stat.mode & 0o077) !== 0) {
    throw new Failure("notPermitted", `${real} can be entered by other users. Make it private: chmod 700 ${real}`);
  }
  const foreigner = whoElseMayChange(real, new Set([ourUid]));
  if (foreigner === undefined) return real;
  throw new Failure("notPermitted", `${real} is not safe for the host's key: ${foreigner.path} ${foreigner.why}.`);
}
