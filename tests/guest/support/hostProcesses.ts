import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface HostProcess {
  readonly pid: number;
  readonly commandLine: string;
  /** Identity of its network namespace. */
  readonly network: string;
}

/** Identity of the network namespace that the test itself is in. */
export function ownNetwork(): string {
  return readlinkSync("/proc/self/ns/net");
}

/**
 * Every process of this machine whose network can be told, in no order: a zombie is left out, what ends while it is
 * looked at, and a first process that the machine lets nobody look into.
 */
export function hostProcesses(): readonly HostProcess[] {
  const found: HostProcess[] = [];
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const commandLine = readFileSync(`/proc/${entry}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      const network = readlinkSync(`/proc/${entry}/ns/net`);
      if (commandLine !== "") found.push({ pid: Number(entry), commandLine, network });
    } catch {
      // ended meanwhile, or not for us to look into
    }
  }
  return found;
}

/** The processes that belong to guests below a state directory: each of them is told a path in it. */
export function guestProcesses(stateDirectory: string): readonly HostProcess[] {
  return hostProcesses().filter(
    ({ pid, commandLine }) => pid !== process.pid && commandLine.includes(`${stateDirectory}/`),
  );
}
