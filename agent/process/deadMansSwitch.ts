import { spawn } from "node:child_process";
import { once } from "node:events";
import { MINIMAL_ENVIRONMENT } from "./programSpawn.ts";
import { startOutside } from "./taskGroup.ts";

/**
 * A shell that waits for the end of this process, and then lets go on what this process has stopped. The kernel knows no such thing for
 * processes that stand: one that is killed between stopping and continuing a copy would leave it standing for ever, seen by nobody.
 */
export interface DeadMansSwitch {
  /** These stand from now on, by their numbers; none: nobody does. To be said before they are stopped. */
  standing(pids: readonly number[]): void;
  /** Nothing stands any more, and the shell ends. */
  disarm(): void;
}

/**
 * $1: the file by which the programs' control group is let go, or nothing. Lines on descriptor 3: numbers of processes that stand. The
 * reader is a grandchild, so that it is no descendant of the task and not ended with it; it ends by itself when its input does. Not on
 * standard input: Node closes that one when the shell that started the reader has ended.
 */
const SCRIPT = `{
  trap '' TERM HUP INT
  last=
  while read -r pids; do last=$pids; done
  if [ -n "$1" ]; then echo 0 > "$1"; fi
  for pid in $last; do kill -CONT "$pid"; done
} <&3 3<&- &`;

/**
 * Starts the shell and resolves when it watches, or with undefined where it can't be started: nothing may be stopped then.
 * @param freezeFile `cgroup.freeze` of the group that is stopped, or undefined where processes are stopped one by one
 * @param group the task's own control group, outside of which the shell has to be
 */
export async function armDeadMansSwitch(
  freezeFile: string | undefined,
  group: string | undefined,
): Promise<DeadMansSwitch | undefined> {
  const child = startOutside(group, () =>
    spawn("/bin/sh", ["-c", SCRIPT, "slackwater-let-go", freezeFile ?? ""], {
      cwd: "/",
      // Without the task's marker, and in a session of its own: see above.
      env: { ...MINIMAL_ENVIRONMENT, NODE_ENV: "production" },
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    }),
  );
  const input = child.stdio[3];
  const [code] = await once(child, "exit").catch(() => [undefined]);
  if (code !== 0 || !input || !("write" in input)) return undefined;
  input.on("error", () => undefined);
  return {
    standing: (pids) => void input.write(`${pids.join(" ")}\n`),
    disarm: () => void input.end(),
  };
}
