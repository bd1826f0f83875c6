import { readFile } from "node:fs/promises";
import { cpus, loadavg, release, totalmem } from "node:os";
import { hostFacts } from "../../../domain/action/host.ts";
import { bash } from "../../byHand/bash.ts";
import { noteOf } from "../action.ts";
import { observing } from "../observing.ts";

/** `host.facts` from /proc and the operating system's release file. */
export const hostFactsAction = observing(hostFacts, {
  plan: () => [
    noteOf("read /proc/cpuinfo, /proc/meminfo, /proc/loadavg, /proc/uptime and /etc/os-release", [
      bash`printf 'cores|%s\nload|%s\nkernel|%s\n' "$(nproc)" "$(cut -d ' ' -f 1,2 /proc/loadavg)" "$(uname --kernel-release)"`,
      bash`grep -E '^(MemTotal|MemAvailable):' /proc/meminfo`,
      bash`if grep -qE '^(flags|Features)[[:blank:]]*:.*[[:blank:]]aes([[:blank:]]|$)' /proc/cpuinfo; then printf 'aes|yes\n'; else printf 'aes|no\n'; fi`,
      bash`grep '^PRETTY_NAME=' /etc/os-release`,
    ]),
  ],
  run: async () => {
    const [cpuInfo, memoryInfo, uptime, osRelease] = await Promise.all(
      ["/proc/cpuinfo", "/proc/meminfo", "/proc/uptime", "/etc/os-release"].map((path) =>
        readFile(path, "utf8").catch(() => ""),
      ),
    );
    const [load1 = 0, load5 = 0] = loadavg();
    return {
      cores: cpus().length,
      load1,
      load5,
      memory_total_bytes: totalmem(),
      memory_available_bytes: availableMemory(memoryInfo ?? ""),
      aes: hasAes(cpuInfo ?? ""),
      kernel: release(),
      os: /^PRETTY_NAME="?(.*?)"?$/m.exec(osRelease ?? "")?.[1] ?? "unknown",
      uptime_ms: Math.round(Number.parseFloat(uptime ?? "0") * 1000) || 0,
    };
  },
});

/** Bytes that programs can still get, by the kernel's own estimate (MemAvailable). */
export function availableMemory(memoryInfo: string): number {
  return Number(/^MemAvailable:\s+(\d{1,12}) kB$/m.exec(memoryInfo)?.[1] ?? 0) * 1024;
}

/** True where the processor lists the `aes` flag (x86) or feature (ARM). */
export function hasAes(cpuInfo: string): boolean {
  return /^(?:flags|Features)\s*:.*\baes\b/m.test(cpuInfo);
}
