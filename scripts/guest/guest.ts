import { readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { nextCpu } from "./guestCpu.ts";
import type { ExecOptions, ExecResult } from "./guestExec.ts";
import { execOver } from "./guestExec.ts";
import { guestFailure } from "./guestFailure.ts";
import type { GuestDisk, GuestRelay } from "./guestFiles.ts";
import { checkPath, kernelArgv, makeDisks, writeBootSettings } from "./guestFiles.ts";
import type { Forward } from "./guestRelay.ts";
import { leadToHost, openForward } from "./guestRelay.ts";
import { canRunGuest } from "./guestRequirements.ts";
import { buildShim } from "./guestShim.ts";
import type { KeeperLink } from "./keeperLink.ts";
import { startKeeper } from "./keeperLink.ts";

export { dmCryptWorksHere } from "./dmCrypt.ts";
export type { ExecOptions, ExecResult } from "./guestExec.ts";
export type { GuestDisk } from "./guestFiles.ts";
export { hostPathInGuest } from "./guestFiles.ts";
export type { Forward } from "./guestRelay.ts";
export { canRunGuest, installGuestPackages } from "./guestRequirements.ts";

export interface GuestWish {
  /** Host name in the guest and name of its folder below stateDirectory. */
  readonly name: string;
  readonly stateDirectory: string;
  /** 1024 when not given. */
  readonly memoryMiB?: number;
  /** Root disk, sparse; 16 GiB when not given. */
  readonly rootSizeBytes?: number;
  readonly disks?: readonly { readonly name: string; readonly sizeBytes: number }[];
  /** Ports of the host's 127.0.0.1 that the guest reaches at its own 127.0.0.1. */
  readonly ports?: readonly number[];
  /** Folders of the host that the guest may write, at the same path. All else of the host it sees read-only. */
  readonly shares?: readonly string[];
  /** The guest ends by itself after this, counted over all its boots; 30 minutes when not given. */
  readonly lifetimeMs?: number;
  readonly log?: (line: string) => void;
}

/** A running (or cut off, or stopped) guest. Every method that needs it running throws `notRunning` otherwise. */
export interface Guest {
  readonly name: string;
  readonly disks: readonly GuestDisk[];
  /** How long its last boot took, from the call to the ready line. */
  bootMs(): number;
  isRunning(): boolean;
  /** Runs a bash command as root, without input. A command that fails or is cut off is a result, not an error. */
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
  /** Starts a command that goes on by itself, its output appended to a file of the guest; returns its pid there. */
  launch(command: string, logPath: string): Promise<number>;
  /** Makes a port of the guest's 127.0.0.1 reachable on the host's; lasts over restarts, until closed. 0: any free port. */
  forward(guestPort: number, hostPort?: number): Promise<Forward>;
  /** Pulls or plugs the data cable: `ports` and `forward` hang while it is off; exec goes on working. */
  network(state: "off" | "on"): Promise<void>;
  /** Freezes the whole guest; its clock goes on. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Power cut: what the guest had not written out is lost, its disks stay. */
  crash(): Promise<void>;
  /** Orderly power off: programs are told to end, file systems unmounted. */
  stop(): Promise<void>;
  /** Boots again with the same disks, after stopping it if it runs. */
  restart(): Promise<void>;
  /** What the guest's kernel and first process have printed, over all boots. */
  console(): Promise<string>;
  /** Ends it and removes everything of it from the host. */
  remove(): Promise<void>;
}

const MIB = 1024 ** 2;
const BOOT_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 15_000;
const CONTROL_PORT = 1022;
/** Forwarded ports get a port of their own on the data cable, so that a program listening on every address is no clash. */
const FIRST_CABLE_PORT = 41_000;

/** Boots a guest on the disks in stateDirectory/name, or on new ones; resolves when it takes commands. */
export async function startGuest(wish: GuestWish): Promise<Guest> {
  const ability = await canRunGuest();
  if (!ability.ok) throw guestFailure("cannotRun", `a guest cannot run here: ${ability.because}`);
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(wish.name))
    throw guestFailure("badSetting", `a guest cannot be called ${wish.name}`);
  const stateDirectory = checkPath(resolve(wish.stateDirectory));
  const folder = join(stateDirectory, wish.name);
  const consolePath = join(folder, "console.log");
  const log = wish.log ?? (() => undefined);
  const endsAtMs = performance.now() + (wish.lifetimeMs ?? 30 * 60_000);
  const [shimPath, disks] = await Promise.all([
    buildShim(stateDirectory),
    makeDisks(folder, wish.rootSizeBytes ?? 16_384 * MIB, wish.disks ?? []),
  ]);
  const memoryMiB = wish.memoryMiB ?? 1024;
  const cpu = await nextCpu();
  const forwards = new Map<GuestRelay, Forward>();
  let nextCablePort = FIRST_CABLE_PORT;
  let link: KeeperLink | undefined;
  let bootMs = 0;

  async function boot(): Promise<void> {
    const startedAtMs = performance.now();
    const settingsFolder = await writeBootSettings(folder, {
      name: wish.name,
      ports: wish.ports ?? [],
      relays: [...forwards.keys()],
      shares: (wish.shares ?? []).map((share) => resolve(share)),
    });
    await rm(join(folder, "uml"), { recursive: true, force: true }); // a dead kernel's pid in there may be taken again
    const settings = {
      kernelArgv: [...kernelArgv(folder, settingsFolder, { memoryMiB, cpu, disks })],
      shimPath,
      consolePath,
      ports: [...(wish.ports ?? [])],
      lifetimeMs: Math.max(1, Math.round(endsAtMs - performance.now())),
    };
    try {
      link = await startKeeper(settings, BOOT_LIMIT_MS, leadToHost);
    } catch (error) {
      const tail = (await readConsole()).slice(-2000);
      throw guestFailure("diedAtBoot", `guest ${wish.name} did not come up; it last said:\n${tail}`, error);
    }
    bootMs = Math.round(performance.now() - startedAtMs);
    log(`guest ${wish.name}: up after ${bootMs} ms`);
  }

  async function readConsole(): Promise<string> {
    return readFile(consolePath, "utf8").catch(() => "");
  }
  function running(): KeeperLink {
    if (!link?.isRunning()) throw guestFailure("notRunning", `guest ${wish.name} is not running`);
    return link;
  }
  async function exec(command: string, options?: ExecOptions): Promise<ExecResult> {
    return execOver(() => running().dial("control", CONTROL_PORT), command, options);
  }
  async function crash(): Promise<void> {
    if (link?.isRunning()) await link.cutPower();
  }
  async function stop(): Promise<void> {
    if (!link?.isRunning()) return;
    await link.setFrozen(false);
    const { ended } = link;
    const tooLong = AbortSignal.timeout(STOP_LIMIT_MS);
    const givenUp = new Promise<void>((giveUp) => tooLong.addEventListener("abort", () => giveUp()));
    await exec("kill -TERM 1", { timeoutMs: 5_000 }).catch(() => undefined);
    await Promise.race([ended, givenUp]);
    await crash();
  }

  const guest: Guest = {
    name: wish.name,
    disks,
    bootMs: () => bootMs,
    isRunning: () => link?.isRunning() ?? false,
    exec,
    launch: async (command, logPath) => {
      const quoted = [command, logPath].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
      const started = await exec(`setsid bash -c ${quoted[0]} </dev/null >>${quoted[1]} 2>&1 & echo $!`);
      if (started.ended !== "exited" || started.exitCode !== 0) throw guestFailure("refused", started.output);
      return Number(started.output.trim());
    },
    forward: async (guestPort, hostPort = 0) => {
      const relay = { cablePort: nextCablePort, guestPort };
      nextCablePort += 1;
      await guest.launch(
        `exec socat TCP-LISTEN:${relay.cablePort},bind=10.231.0.2,reuseaddr,fork TCP:127.0.0.1:${guestPort}`,
        "/dev/null",
      );
      const forward = await openForward(hostPort, async () => running().dial("data", relay.cablePort));
      const close = async () => {
        forwards.delete(relay);
        await forward.close();
      };
      forwards.set(relay, { hostPort: forward.hostPort, close });
      return { hostPort: forward.hostPort, close };
    },
    network: async (state) => running().setNetwork(state),
    pause: async () => running().setFrozen(true),
    resume: async () => running().setFrozen(false),
    crash,
    stop,
    restart: async () => {
      await stop();
      await boot();
    },
    console: readConsole,
    remove: async () => {
      await crash();
      for (const forward of [...forwards.values()]) await forward.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await boot();
  return guest;
}
