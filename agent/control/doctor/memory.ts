import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentConfig } from "../../config.ts";
import { holderOf } from "../../journal/lock.ts";
import { isAlive } from "../../process/processTable.ts";
import { secretDirectory } from "../../process/secretFile.ts";
import { isInMemory, whyUnfitForKeys } from "../../runKey/runKey.ts";
import { statePaths } from "../../stateDirectory.ts";
import type { Finding } from "./finding.ts";

/** Whether the key of a run can be kept where it is gone when the power is. */
export function runKeysHere({ runKeys }: AgentConfig, ourUid: number): Finding {
  const { directory } = runKeys;
  const unfit = whyUnfitForKeys({ ...runKeys, ourUid });
  if (unfit !== undefined) {
    return {
      subject: "runKeys",
      verdict: "missing",
      says: `No passphrase can be sealed to this host: ${unfit}.`,
      todo: "Put runKeys.directory of agent.yaml on a tmpfs that is root's alone, such as /run/slackwater.",
    };
  }
  return isInMemory(directory)
    ? { subject: "runKeys", verdict: "ok", says: `Keys of runs lie in memory, in ${directory}.` }
    : {
        subject: "runKeys",
        verdict: "note",
        says: `Keys of runs lie on a disk, in ${directory}: whoever finds it could open the passphrases of the last run.`,
        todo: "Put runKeys.directory on a tmpfs and take runKeys.allowDisk out of agent.yaml.",
      };
}

/** Whether a passphrase can be handed to a program without touching a disk. */
export function secretsHere(): Finding {
  const directory = secretDirectory();
  return directory === undefined
    ? {
        subject: "secrets",
        verdict: "missing",
        says: "Neither /dev/shm nor /run is in memory: no program can be given a passphrase.",
        todo: "mount -t tmpfs -o nodev,nosuid tmpfs /dev/shm, and put it into /etc/fstab.",
      }
    : { subject: "secrets", verdict: "ok", says: `Passphrases are handed to programs in memory, in ${directory}.` };
}

/** Whether what lies in memory could be written to a disk as it is. */
export function swapHere(swapsText: string, isEncrypted: (device: string) => boolean): Finding {
  const [, ...lines] = swapsText.trim().split("\n");
  const areas = lines.flatMap((line) => line.split(/\s+/, 1));
  const plain = areas.filter((area) => !/^\/dev\/zram\d+$/.test(area) && !isEncrypted(area));
  if (plain.length === 0) {
    const says = areas.length === 0 ? "There is none." : `${areas.join(", ")}: in memory or encrypted.`;
    return { subject: "swap", verdict: "ok", says };
  }
  return {
    subject: "swap",
    verdict: "note",
    says: `${plain.join(", ")} is not known to be encrypted: what lies in memory, passphrases too, could be written there.`,
    todo: "Encrypt it (crypttab with a random key), use zram, or switch it off while a window lasts: swapoff -a",
  };
}

/** True for a device-mapper device whose mapping encrypts. */
export function isDmCrypt(device: string): boolean {
  const name = /^\/dev\/(dm-\d+)$/.exec(device)?.[1];
  return name !== undefined && textOf(`/sys/block/${name}/dm/uuid`).startsWith("CRYPT-");
}

/** What swap there is, as the kernel tells it. */
export const swapsText = (): string => textOf("/proc/swaps");

/** Whether a crash could put a secret on a disk: of a task never where prlimit is, of the agent itself by its service's limit. */
export function coreDumpsHere(stateDir: string, isThere: (tool: string) => boolean): Finding {
  if (!isThere("prlimit")) {
    return {
      subject: "coreDumps",
      verdict: "missing",
      says: "The program prlimit is not here: no task can be begun.",
      todo: "apt-get install util-linux",
    };
  }
  const agent = holderOf(join(statePaths(stateDir).journal, "journal.lock"));
  const limits = agent !== undefined && isAlive(agent) ? textOf(`/proc/${agent.pid}/limits`) : "";
  const soft = /^Max core file size\s+(\S+)/m.exec(limits)?.[1];
  if (soft === undefined)
    return { subject: "coreDumps", verdict: "ok", says: "Off for everything that a task starts." };
  return soft === "0"
    ? { subject: "coreDumps", verdict: "ok", says: "Off for the agent and for everything that a task starts." }
    : {
        subject: "coreDumps",
        verdict: "note",
        says: "Off for everything that a task starts, but not for the agent itself, which makes the keys of runs.",
        todo: "Start the agent with LimitCORE=0, as its service does, or after ulimit -c 0.",
      };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
