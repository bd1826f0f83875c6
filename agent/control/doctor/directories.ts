import { existsSync, statfsSync } from "node:fs";
import { resolve } from "node:path";
import { Failure } from "../../../domain/failure.ts";
import { formatBytes } from "../../../domain/format/bytes.ts";
import { nearestExisting } from "../../actions/nearestExisting.ts";
import type { AgentConfig } from "../../config.ts";
import { realPath } from "../../policy/realPath.ts";
import { errnoOf } from "../../process/durableFile.ts";
import { openStateDirectory } from "../../stateDirectory.ts";
import type { Finding } from "./finding.ts";

const MIB = 1024 * 1024;

/** The rights of the state directory. One that is not there yet is made by enrolment, and never by this look. */
export function stateHere(stateDir: string, ourUid: number): Finding {
  const path = realPath(resolve(stateDir));
  try {
    if (!existsSync(path)) {
      return { subject: "state", verdict: "ok", says: `${path} is not there yet: enrolment makes it.` };
    }
    openStateDirectory(path, ourUid);
    return { subject: "state", verdict: "ok", says: `${path} is private to the agent.` };
  } catch (error) {
    const isForeign = errnoOf(error) === "EACCES" || errnoOf(error) === "EPERM";
    const says =
      error instanceof Failure ? error.message : `${path} can't be looked into: ${errnoOf(error) ?? "unknown"}.`;
    const todo = isForeign
      ? "Ask as root: sudo slackwater-agent doctor"
      : `chown root: ${path}; chmod 700 ${path}; every folder above it must be root's too.`;
    return { subject: "state", verdict: "missing", says, todo };
  }
}

/** Whether the output of a task finds room: it is kept on the host until the server has it. */
export async function roomHere(stateDir: string, { ceilings }: AgentConfig): Promise<Finding> {
  const there = await nearestExisting(resolve(stateDir));
  const { bavail, bsize } = statfsSync(there);
  const free = bavail * bsize;
  const wanted = ceilings.outputMiB * MIB;
  const says = `${formatBytes(free)} free for the output of tasks on the file system of ${there}; one task may keep ${formatBytes(wanted)}.`;
  return free >= wanted
    ? { subject: "room", verdict: "ok", says }
    : {
        subject: "room",
        verdict: "missing",
        says,
        todo: "Make room there, or lower ceilings.outputMiB in agent.yaml: a task whose output finds no room is held.",
      };
}
