import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../../domain/failure.ts";
import { OWN_PROGRAM } from "./ownProgram.ts";
import { TASK_MARKER } from "./processTable.ts";
import { findProgram, MINIMAL_ENVIRONMENT } from "./programSpawn.ts";
import { SECRET_FD, sendBundle } from "./secretPipe.ts";
import type { TaskFile } from "./spoolFiles.ts";
import { spoolPaths } from "./spoolFiles.ts";
import { enterGroup } from "./taskGroup.ts";

/** In the agent's own folder, where only its account can write: what lies here is run as code. */
const COMPILED = "compiled";

/** A runner as long as the agent that started it lives. */
export interface LaunchedRunner {
  readonly pid: number;
  /** Settles when it has ended; told at once, without looking at /proc. */
  readonly exited: Promise<void>;
}

/**
 * Starts the runner of a task: detached, in a session of its own, without core dumps, so that neither the end of the agent nor of
 * its terminal reaches it, and in the task's control group. Hands over the bundle of secrets and wipes it. This is the one place that
 * knows how a runner is started; a transient systemd unit would be another body of this function.
 */
export async function launchRunner(
  taskDir: string,
  { taskId, group }: Pick<TaskFile, "taskId" | "group">,
  bundle: Buffer,
): Promise<LaunchedRunner> {
  const log = openSync(spoolPaths(taskDir).runnerLog, "a", 0o600);
  try {
    const compiled = join(dirname(dirname(taskDir)), COMPILED);
    mkdirSync(compiled, { recursive: true, mode: 0o700 });
    const prlimit = findProgram({ file: "prlimit", debianPackage: "util-linux" }, MINIMAL_ENVIRONMENT.PATH);
    // A core dump would put the secrets of a crashed program on a disk. The limit is inherited by everything below.
    const child = spawn(prlimit, ["--core=0:0", process.execPath, OWN_PROGRAM.runner, taskDir], {
      cwd: "/",
      detached: true,
      // Without what the first runner compiled each would take a second to begin, and a window has fifty tasks.
      env: { ...MINIMAL_ENVIRONMENT, NODE_ENV: "production", NODE_COMPILE_CACHE: compiled, [TASK_MARKER]: taskId },
      stdio: ["ignore", log, log, "pipe"],
    });
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    const pipe = child.stdio[SECRET_FD];
    if (!pipe || !("write" in pipe) || child.pid === undefined) {
      throw new Failure("defect", "The runner was started without its pipe.");
    }
    // Before it gets the bundle, without which it begins nothing: all that it ever starts is in the group.
    if (group !== undefined) enterGroup(group, child.pid);
    // A runner that died at once breaks the pipe; that it died is found out by whoever waits for its report.
    pipe.on("error", () => undefined);
    await sendBundle(pipe, bundle).catch(() => undefined);
    child.unref();
    return { pid: child.pid, exited };
  } finally {
    bundle.fill(0);
    closeSync(log);
  }
}
