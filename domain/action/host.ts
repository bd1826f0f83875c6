import { z } from "zod";
import { Milliseconds, ReadPath, ReadPathOrNone, TextList } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { Encryption } from "./volumeTarget.ts";

const count = z.int().min(0);
const bytes = z.int().min(0);

/** What the host is: cores, load, memory, AES instructions, kernel. */
export const hostFacts = defineAction({
  name: "host.facts",
  title: "Measure the host",
  class: "observe",
  args: z.strictObject({}),
  result: z.object({
    cores: count,
    load1: z.number(),
    load5: z.number(),
    memory_total_bytes: bytes,
    memory_available_bytes: bytes,
    /** The processor has AES instructions: encryption then costs 3 to 10 %, without them 20 to 40 %. */
    aes: z.boolean(),
    kernel: z.string(),
    os: z.string(),
    uptime_ms: count,
  }),
  tools: {},
  secrets: [],
});

/** Whether every program, kernel module and right that the run needs is there; what is missing is named with its package. */
export const hostPrerequisites = defineAction({
  name: "host.prerequisites",
  title: "Check what the run needs on the host",
  class: "observe",
  args: z.strictObject({
    kind: z.enum(["plain", "docker"]),
    encryption: Encryption.default("luks2"),
    /** Folder of the PostgreSQL programs, for kind plain; empty for docker. */
    binDir: ReadPathOrNone.default(""),
    /** Further programs by name. */
    tools: TextList.default([]),
  }),
  result: z.object({
    ok: z.boolean(),
    missing: z.array(z.string()),
    missing_count: count,
    /** `apt-get install` takes these names. */
    packages: z.array(z.string()),
    tools: z.record(z.string(), z.string()),
    modules: z.record(z.string(), z.boolean()),
    is_root: z.boolean(),
  }),
  tools: {},
  secrets: [],
});

/** Space on the file system that holds a path (or will hold it: the nearest parent that exists). */
export const hostDisk = defineAction({
  name: "host.disk",
  title: "Measure free space",
  class: "observe",
  args: z.strictObject({ path: ReadPath }),
  result: z.object({
    path: z.string(),
    total_bytes: bytes,
    free_bytes: bytes,
    free_percent: z.number(),
    mount_point: z.string(),
    /** Device or dataset: equal texts are the same file system. */
    source: z.string(),
    fs_type: z.string(),
  }),
  tools: { findmnt: "util-linux" },
  secrets: [],
});

/** How fast the kernel encrypts, before anything is decided. */
export const hostCipherBenchmark = defineAction({
  name: "host.cipherBenchmark",
  title: "Measure the speed of the cipher",
  class: "observe",
  args: z.strictObject({ encryption: Encryption.default("luks2") }),
  result: z.object({
    /** False where the kernel offers no such measurement; the speeds are then 0. */
    available: z.boolean(),
    cipher: z.string(),
    key_bits: count,
    encrypt_bytes_per_second: z.number(),
    decrypt_bytes_per_second: z.number(),
  }),
  tools: { cryptsetup: "cryptsetup-bin" },
  secrets: [],
});

/** Input and output errors that the kernel logged. */
export const hostDiskErrors = defineAction({
  name: "host.diskErrors",
  title: "Look for disk errors in the kernel log",
  class: "observe",
  args: z.strictObject({ lookBackMs: Milliseconds.default(604_800_000) }),
  result: z.object({
    /** False where the kernel log can't be read: zero errors then means nothing. */
    readable: z.boolean(),
    errors_count: count,
    lines: z.array(z.string()),
  }),
  tools: { dmesg: "util-linux" },
  secrets: [],
});
