import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { installPackages } from "../debianPackages.ts";
import type { Guest } from "../guest/guest.ts";
import { canRunGuest, dmCryptWorksHere, hostPathInGuest, installGuestPackages, startGuest } from "../guest/guest.ts";

/** Where the sample host of the demo is, and how commands reach it. */
export interface SampleHost {
  /** This machine with dm-crypt, a User-Mode Linux guest with dm-crypt, or a folder of this machine without any. */
  readonly kind: "machine" | "guest" | "directory";
  readonly encryption: "luks2" | "none";
  /** Folder on the sample host that holds everything of the demo's. */
  readonly folder: string;
  /** Where the sample host sees a file of this machine: the project, or what was made for it. */
  see(path: string): string;
  /** Runs a bash command as root. A command that fails is a result. */
  exec(command: string, timeoutMs?: number): Promise<{ readonly exitCode: number; readonly output: string }>;
  /** Starts a command that goes on by itself; its output is appended to a file of the sample host. */
  launch(command: string, logPath: string): Promise<number>;
  readText(path: string): Promise<string>;
  writeText(path: string, text: string, mode: number): Promise<void>;
  /** Pulls or plugs its cable to the server; null where the sample host is this machine, which has none. */
  readonly network: ((state: "off" | "on") => Promise<void>) | null;
  /** Ends what was launched and removes everything of it. */
  remove(): Promise<void>;
}

/** What the runbook's commands are, as Debian packages: `host.prerequisites` would name them on any other host. */
const SAMPLE_PACKAGES = [
  "cryptsetup-bin",
  "dmsetup",
  "e2fsprogs",
  "gzip",
  "mount",
  "openssl",
  "postgresql",
  "procps",
  "rsync",
  "util-linux",
];

/**
 * Chooses the sample host: this machine where dm-crypt works, else a guest (packages are installed first where this is Debian and we
 * are root, saying so), else a folder, where nothing is encrypted and everything says so.
 */
export async function openSampleHost(how: {
  readonly stateDirectory: string;
  readonly serverPort: number;
  readonly shares: readonly string[];
  readonly say: (line: string) => void;
}): Promise<SampleHost> {
  const folder = await reachableFolder(join(how.stateDirectory, "host"));
  const missing = installPackages(SAMPLE_PACKAGES, "the sample host", how.say);
  if (missing) how.say(`The sample host may lack programs that its window needs: ${missing}.`);
  const here = await dmCryptWorksHere();
  if (here.ok) return onThisMachine("machine", folder);
  how.say(`dm-crypt does not work on this machine (${here.because}). Trying a User-Mode Linux guest.`);
  const guest = await installGuestPackages(how.say).then(canRunGuest, (error: unknown) => ({
    ok: false as const,
    because: error instanceof Error ? error.message : String(error),
  }));
  if (guest.ok) return inGuest(how);
  how.say(`No guest either: ${guest.because}.`);
  how.say("The sample host is a folder: NOT ENCRYPTED, and marked so wherever it shows.");
  return onThisMachine("directory", folder);
}

/**
 * The folder itself, or one below /var/lib where the way to it is closed to others (a checkout in /root): PostgreSQL does not run as root,
 * and its account has to get through.
 */
async function reachableFolder(folder: string): Promise<string> {
  if (process.getuid?.() !== 0) return folder;
  for (let at = dirname(folder); at !== "/"; at = dirname(at)) {
    const mode = await stat(at).then(
      (found) => found.mode,
      () => 0o755,
    );
    if ((mode & 0o001) === 0)
      return `/var/lib/slackwater-demo-${createHash("sha256").update(folder).digest("hex").slice(0, 12)}`;
  }
  return folder;
}

async function inGuest(how: {
  stateDirectory: string;
  serverPort: number;
  shares: readonly string[];
  say(line: string): void;
}): Promise<SampleHost> {
  const guest: Guest = await startGuest({
    name: "sample-host",
    stateDirectory: join(how.stateDirectory, "guest"),
    memoryMiB: 2048,
    ports: [how.serverPort],
    shares: how.shares,
    lifetimeMs: 12 * 3_600_000,
  });
  how.say(`The guest runs after ${(guest.bootMs() / 1000).toFixed(1)} s.`);
  const exec: SampleHost["exec"] = async (command, timeoutMs = 120_000) => {
    const { exitCode, output } = await guest.exec(command, { timeoutMs });
    return { exitCode: exitCode ?? 1, output };
  };
  return {
    kind: "guest",
    encryption: "luks2",
    folder: "/var/lib/sample",
    see: hostPathInGuest,
    exec,
    launch: (command, logPath) => guest.launch(command, logPath),
    readText: async (path) => {
      const { exitCode, output } = await exec(`base64 -w0 < '${path}'`);
      if (exitCode !== 0) throw new Error(`${path} of the guest can't be read: ${output}`);
      return Buffer.from(output, "base64").toString();
    },
    writeText: async (path, text, mode) => {
      const bytes = Buffer.from(text).toString("base64");
      const { exitCode, output } = await exec(
        `mkdir -p '${dirname(path)}' && umask 077 && base64 -d <<<'${bytes}' > '${path}' && chmod ${mode.toString(8)} '${path}'`,
      );
      if (exitCode !== 0) throw new Error(`${path} of the guest can't be written: ${output}`);
    },
    network: (state) => guest.network(state),
    remove: () => guest.remove(),
  };
}

async function onThisMachine(kind: "machine" | "directory", folder: string): Promise<SampleHost> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const launched: number[] = [];
  return {
    kind,
    encryption: kind === "machine" ? "luks2" : "none",
    folder,
    see: (path) => path,
    exec: (command, timeoutMs = 120_000) =>
      new Promise((resolve) => {
        execFile(
          "/bin/bash",
          ["-c", command],
          { timeout: timeoutMs, maxBuffer: 64 * 2 ** 20 },
          (error, stdout, stderr) => {
            const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
            resolve({ exitCode, output: stdout + stderr });
          },
        );
      }),
    launch: async (command, logPath) => {
      await mkdir(dirname(logPath), { recursive: true });
      const log = await open(logPath, "a");
      try {
        const child = spawn("/bin/bash", ["-c", `exec ${command}`], {
          detached: true,
          stdio: ["ignore", log.fd, log.fd],
        });
        child.unref();
        if (child.pid === undefined) throw new Error(`${command} could not be started`);
        launched.push(child.pid);
        return child.pid;
      } finally {
        await log.close();
      }
    },
    readText: (path) => readFile(path, "utf8"),
    writeText: async (path, text, mode) => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text, { mode });
    },
    network: null,
    remove: async () => {
      for (const pid of launched.toReversed()) await endProcess(pid);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** How long a program may take to end after TERM (ms). */
const END_WITHIN_MS = 15_000;

async function endProcess(pid: number): Promise<void> {
  const signal = (name: NodeJS.Signals | 0) => {
    try {
      process.kill(pid, name);
      return true;
    } catch {
      return false;
    }
  };
  signal("SIGTERM");
  const until = Date.now() + END_WITHIN_MS;
  while (signal(0) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 100));
  signal("SIGKILL");
}
