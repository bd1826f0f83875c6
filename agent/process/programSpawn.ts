import { accessSync, closeSync, constants, fsyncSync, openSync, rmSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { Options } from "execa";
import { Failure } from "../../domain/failure.ts";
import type { ProgramSpec } from "./actionContext.ts";
import { errnoOf } from "./durableFile.ts";
import { identityOf } from "./processTable.ts";
import { openSecretFile } from "./secretFile.ts";
import type { SecretKeeper } from "./secretKeeper.ts";
import type { ProcessIdentity } from "./spoolFiles.ts";
import { startOutside } from "./taskGroup.ts";

/** The whole environment of a program, beside the markers and what its spec adds. Words of programs are parsed, so no locale. */
export const MINIMAL_ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
} as const;

/** A program that was started. */
export interface Spawned {
  readonly process: ProcessIdentity;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable;
  /** Settles when the program itself has ended, though something it left behind may still hold its output open. */
  readonly exited: Promise<{ exitCode: number | null; signal: string | null }>;
  /** Closes what was opened for it. The file it wrote is brought to the disk, or removed. */
  finish(keepFile: boolean): void;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Finds a program on the path that it will be started with. Throws `toolMissing`, naming the package. */
export function findProgram(spec: Pick<ProgramSpec, "file" | "debianPackage">, path: string): string {
  const candidates = isAbsolute(spec.file) ? [spec.file] : path.split(delimiter).map((dir) => join(dir, spec.file));
  const found = candidates.find(isExecutable);
  if (found) return found;
  const hint = spec.debianPackage ? ` Debian package: ${spec.debianPackage}.` : "";
  throw new Failure("toolMissing", `The program ${spec.file} is not on this host.${hint}`);
}

/** A secret in arguments or environment could be read by every user of the host. */
function refuseExposure(spec: ProgramSpec, keeper: SecretKeeper): void {
  const exposed = [spec.file, ...spec.args, ...Object.values(spec.env ?? {})].some((text) => keeper.isIn(text));
  if (exposed) throw new Failure("defect", `A secret would have been visible in the arguments of ${spec.file}.`);
}

type Stdio = Exclude<Extract<Options, { encoding: "buffer" }>["stdio"], undefined>;

/** execa's types list descriptors up to 9 only; it takes any. What it is given is checked here instead. */
function isStdio(items: unknown): items is Stdio {
  const isItem = (item: unknown) =>
    item === "pipe" || item === "ignore" || (Number.isInteger(item) && Number(item) > 2);
  return Array.isArray(items) && items.every(isItem);
}

function openTarget(spec: ProgramSpec): number | undefined {
  if (spec.stdout?.to !== "file") return undefined;
  try {
    return openSync(spec.stdout.path, "wx", spec.stdout.mode);
  } catch (error) {
    const code =
      errnoOf(error) === "ENOSPC" ? "diskFull" : errnoOf(error) === "EEXIST" ? "volumeExists" : "notPermitted";
    throw new Failure(code, `${spec.stdout.path} can't be created.`, { cause: error });
  }
}

/**
 * Starts a program as the leader of a session of its own. `piped` says that another program will write to its standard input.
 * Throws `toolMissing`, `notPermitted`, `defect`.
 */
export async function spawnProgram(
  spec: ProgramSpec,
  around: {
    keeper: SecretKeeper;
    markers: Readonly<Record<string, string>>;
    isPiped: boolean;
    /** The task's control group; a daemon that is to stay is started outside of it. */
    group: string | undefined;
  },
): Promise<Spawned> {
  refuseExposure(spec, around.keeper);
  const env = { ...MINIMAL_ENVIRONMENT, ...spec.env, ...(spec.leavesDaemon ? {} : around.markers) };
  const file = findProgram(spec, env.PATH);
  const target = openTarget(spec);
  const secretFiles = (spec.secretFds ?? []).map(({ fd, bytes }) => ({ fd, file: openSecretFile(bytes, spec.as) }));
  const lastFd = Math.max(2, ...secretFiles.map(({ fd }) => fd));
  const extra = Array.from(
    { length: lastFd - 2 },
    (_, i) => secretFiles.find(({ fd }) => fd === i + 3)?.file.fd ?? "ignore",
  );
  const closeSecrets = () => {
    for (const secret of secretFiles.splice(0)) secret.file.wipe();
  };
  const finish = (keepFile: boolean) => {
    closeSecrets();
    if (target === undefined || spec.stdout?.to !== "file") return;
    try {
      if (keepFile) fsyncSync(target);
    } finally {
      closeSync(target);
      if (!keepFile) rmSync(spec.stdout.path, { force: true });
    }
  };

  // Loaded when the first program runs: an agent that only waits does not carry it.
  const { execa } = await import("execa");
  const stdio: unknown = [spec.input || around.isPiped ? "pipe" : "ignore", target ?? "pipe", "pipe", ...extra];
  if (!isStdio(stdio)) throw new Failure("defect", `The descriptors of ${spec.file} are not in order.`);
  const options = {
    stdio,
    buffer: false,
    encoding: "buffer",
    reject: false,
    // A session of its own: it can be ended as a whole, and the end of a terminal or of the agent does not reach it.
    detached: true,
    cleanup: false,
    extendEnv: false,
    env,
    cwd: spec.cwd ?? "/",
    ...(spec.as ?? {}),
  } satisfies Options;
  const child = startOutside(spec.leavesDaemon ? around.group : undefined, () => execa(file, spec.args, options));
  const { nodeChildProcess, pid } = child;
  const settled = child.then(
    (result) => result,
    () => undefined,
  );
  const process = pid === undefined ? undefined : (identityOf(pid) ?? { pid, startTicks: 0, bootId: "" });
  if (!process || !nodeChildProcess.stderr) {
    const result = await settled;
    finish(false);
    const why = result?.originalMessage ?? "unknown reason";
    throw new Failure(
      errnoOf(result?.cause) === "EACCES" ? "notPermitted" : "programFailed",
      `${spec.file} did not start: ${why}.`,
    );
  }
  const exited = new Promise<{ exitCode: number | null; signal: string | null }>((resolve) => {
    nodeChildProcess.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
  });
  return {
    process,
    stdin: nodeChildProcess.stdin,
    stdout: nodeChildProcess.stdout,
    stderr: nodeChildProcess.stderr,
    exited,
    finish,
  };
}
