import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface HostProcess {
  readonly pid: number;
  readonly commandLine: string;
  /** Identity of its network namespace. */
  readonly network: string;
}

/** Every process of this machine that is not a zombie; what ends while it is looked at is left out. */
export function hostProcesses(): readonly HostProcess[] {
  const found: HostProcess[] = [];
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const commandLine = readFileSync(`/proc/${entry}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      const network = readlinkSync(`/proc/${entry}/ns/net`);
      if (commandLine !== "") found.push({ pid: Number(entry), commandLine, network });
    } catch {
      // ended meanwhile
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
