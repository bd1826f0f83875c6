import { z } from "zod";
import { Milliseconds, ReadPath, ReadPathOrNone, TextList } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { Encryption } from "./volumeTarget.ts";

const count = z.int().min(0);
const bytes = z.int().min(0);

/** `host.facts`. */
export const hostFacts = defineAction({
  name: "host.facts",
  title: "Measure the host",
  about: "What the host is: cores, load, memory, AES instructions, kernel.",
  class: "observe",
  args: z.strictObject({}),
  example: {},
  result: z.object({
    cores: count,
    load1: z.number(),
    load5: z.number(),
    memory_total_bytes: bytes,
    memory_available_bytes: bytes,
    aes: z
      .boolean()
      .describe("The processor has AES instructions: encryption then costs 3 to 10 %, without them 20 to 40 %."),
    kernel: z.string(),
    os: z.string(),
    uptime_ms: count,
  }),
  tools: {},
  secrets: [],
});

/** `host.prerequisites`. */
export const hostPrerequisites = defineAction({
  name: "host.prerequisites",
  title: "Check what the run needs on the host",
  about:
    "Whether every program, kernel module and right that the run needs is there; what is missing is named with its package.",
  class: "observe",
  args: z.strictObject({
    kind: z.enum(["plain", "docker"]).describe("How PostgreSQL runs here: on the host itself, or in a container."),
    encryption: Encryption.default("luks2"),
    binDir: ReadPathOrNone.default("").describe("Folder of the PostgreSQL programs, for kind plain; empty for docker."),
    tools: TextList.default([]).describe("Further programs by name."),
  }),
  example: { kind: "plain", binDir: "/usr/lib/postgresql/17/bin", tools: ["xxhsum"] },
  result: z.object({
    ok: z.boolean(),
    missing: z.array(z.string()),
    missing_count: count,
    packages: z.array(z.string()).describe("`apt-get install` takes these names."),
    tools: z.record(z.string(), z.string()),
    modules: z.record(z.string(), z.boolean()),
    is_root: z.boolean(),
  }),
  tools: {},
  secrets: [],
});

/** `host.disk`. */
export const hostDisk = defineAction({
  name: "host.disk",
  title: "Measure free space",
  about: "Space on the file system that holds a path (or will hold it: the nearest parent that exists).",
  class: "observe",
  args: z.strictObject({ path: ReadPath.describe("Any path on the file system; it need not exist yet.") }),
  example: { path: "/var/lib/slackwater/volumes" },
  result: z.object({
    path: z.string(),
    total_bytes: bytes,
    free_bytes: bytes,
    free_percent: z.number(),
    mount_point: z.string(),
    source: z.string().describe("Device or dataset: equal texts are the same file system."),
    fs_type: z.string(),
  }),
  tools: { findmnt: "util-linux" },
  secrets: [],
});

/** `host.cipherBenchmark`. */
export const hostCipherBenchmark = defineAction({
  name: "host.cipherBenchmark",
  title: "Measure the speed of the cipher",
  about: "How fast the kernel encrypts, before anything is decided.",
  class: "observe",
  args: z.strictObject({ encryption: Encryption.default("luks2") }),
  example: {},
  result: z.object({
    available: z.boolean().describe("False where the kernel offers no such measurement; the speeds are then 0."),
    cipher: z.string(),
    key_bits: count,
    encrypt_bytes_per_second: z.number(),
    decrypt_bytes_per_second: z.number(),
  }),
  tools: { cryptsetup: "cryptsetup-bin" },
  secrets: [],
});

/** `host.diskErrors`. */
export const hostDiskErrors = defineAction({
  name: "host.diskErrors",
  title: "Look for disk errors in the kernel log",
  about: "Input and output errors that the kernel logged.",
  class: "observe",
  args: z.strictObject({ lookBackMs: Milliseconds.default(604_800_000).describe("How far back lines count.") }),
  example: { lookBackMs: 604_800_000 },
  result: z.object({
    readable: z.boolean().describe("False where the kernel log can't be read: zero errors then means nothing."),
    errors_count: count,
    lines: z.array(z.string()),
  }),
  tools: { dmesg: "util-linux" },
  secrets: [],
});
