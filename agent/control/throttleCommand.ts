import { TaskId } from "../../domain/ids.ts";
import { ThrottleMode, ThrottleSetting } from "../../domain/throttle/setting.ts";
import { CommandError } from "./commandError.ts";
import type { ControlRequest } from "./controlMessages.ts";

const USAGE =
  "slackwater-agent throttle TASK full|paused|limited|automatic [--mbps N] [--rows N] [--cpu-weight N] [--io-weight N]";
const MB = 1_000_000;

/** What was typed behind `throttle`, as text. */
export interface ThrottleWords {
  readonly mbps: string | undefined;
  readonly rows: string | undefined;
  readonly cpuWeight: string | undefined;
  readonly ioWeight: string | undefined;
}

/** Makes the request of `slackwater-agent throttle`. Throws a CommandError that says what is to be typed. */
export function throttleRequest(words: readonly string[], given: ThrottleWords): ControlRequest {
  const taskId = TaskId.safeParse(words[0]);
  if (!taskId.success) throw new CommandError(`Name a task as "slackwater-agent status" shows it.\n${USAGE}`);
  const mode = ThrottleMode.safeParse(words[1]);
  if (!mode.success) throw new CommandError(`Say what it may take of this host.\n${USAGE}`);
  const limits = {
    ...(given.mbps === undefined ? {} : { bytesPerSecond: Math.round(Number(given.mbps) * MB) }),
    ...(given.rows === undefined ? {} : { rowsPerSecond: Number(given.rows) }),
    ...(given.cpuWeight === undefined ? {} : { cpuWeight: Number(given.cpuWeight) }),
    ...(given.ioWeight === undefined ? {} : { ioWeight: Number(given.ioWeight) }),
  };
  const setting = ThrottleSetting.safeParse({ mode: mode.data, ...limits });
  if (setting.success) return { command: "throttle", taskId: taskId.data, setting: setting.data };
  const [issue] = setting.error.issues;
  throw new CommandError(`${mode.data}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? "not a setting"}\n${USAGE}`);
}
