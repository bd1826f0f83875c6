import type { TaskId } from "../../domain/ids.ts";
import type { BackOff } from "../../domain/throttle/backOff.ts";
import { backOffText, nextBackOff } from "../../domain/throttle/backOff.ts";
import type { ThrottleCeiling } from "../../domain/throttle/ceiling.ts";
import { capped } from "../../domain/throttle/ceiling.ts";
import type { Figures, Thresholds } from "../../domain/throttle/figures.ts";
import type { ThrottleSetting } from "../../domain/throttle/setting.ts";
import { FULL } from "../../domain/throttle/setting.ts";
import { settingText } from "../../domain/throttle/settingText.ts";
import type { Instant } from "../../domain/time.ts";
import type { ThrottleFile } from "../process/spoolFiles.ts";
import type { SupervisedTask } from "../process/supervisedTask.ts";

/** How much the tasks of this host may take of it: what the server orders, what the owner says, and what the host's health asks for. */
export interface Throttles {
  /** A task begins: it is held to the owner's ceiling from the start. */
  began(task: SupervisedTask): void;
  /** An order of the run. One that is known already, or older than what is known, changes nothing. Throws what a full disk says. */
  order(taskId: TaskId, order: number, setting: ThrottleSetting): void;
  /** The owner's word, for one task; false where it does not run here. It holds until a newer order of the run. */
  own(taskId: TaskId, setting: ThrottleSetting): boolean;
  /** What holds for a task that runs here, and why it rests; undefined: nobody holds it back. */
  of(taskId: TaskId): (Pick<ThrottleFile, "setting" | "from"> & { readonly because?: string }) | undefined;
  /** One more look at the host. */
  looked(figures: Figures): void;
  /** True while a task listens to the health of the database, which costs it a query each second. */
  isAnyAutomatic(): boolean;
}

export interface ThrottlesOptions {
  /** The tasks that run here now. */
  running(): readonly SupervisedTask[];
  readonly ceiling: ThrottleCeiling;
  readonly thresholds: Thresholds;
  readonly now: () => Instant;
  readonly log: (line: string) => void;
}

/** Makes the throttles of one agent. What holds for a task lies in its spool, so that it outlives this agent. */
export function createThrottles(options: ThrottlesOptions): Throttles {
  const { ceiling, thresholds, now, log } = options;
  let backOff: BackOff | undefined;

  const find = (taskId: TaskId) => options.running().find((task) => task.taskId === taskId);

  const rest = (): Pick<ThrottleFile, "backOff"> =>
    backOff === undefined ? {} : { backOff: { because: backOffText(backOff), at: now() } };

  function set(task: SupervisedTask, wished: ThrottleSetting, said: Pick<ThrottleFile, "from" | "order">): void {
    const setting = capped(wished, ceiling);
    task.setThrottle({ setting, ...said, ...(setting.mode === "automatic" ? rest() : {}) });
    const [asked, here] = [settingText(wished), settingText(setting)];
    log(
      `throttle of ${task.taskId} by the ${said.from}: ${asked}${asked === here ? "" : `; agent.yaml allows ${here}`}`,
    );
  }

  /** Written anew each second while work rests, because a rest that nobody confirms is over. */
  function tellRest(task: SupervisedTask): void {
    const file = task.throttle();
    if (file?.setting.mode !== "automatic" || (backOff === undefined && file.backOff === undefined)) return;
    const { backOff: _, ...held } = file;
    quietly(task, () => task.setThrottle({ ...held, ...rest() }));
  }

  /** A full disk must not end a task, nor the looking at the others. */
  function quietly(task: SupervisedTask, write: () => void): void {
    try {
      write();
    } catch (error) {
      log(`throttle of ${task.taskId} not written: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  return {
    began(task) {
      if (capped(FULL, ceiling) === FULL || task.throttle() !== undefined) return;
      quietly(task, () => set(task, FULL, { from: "owner", order: 0 }));
    },
    order(taskId, order, setting) {
      const task = find(taskId);
      if (task === undefined) return log(`throttle of ${taskId}: no such task runs here`);
      if ((task.throttle()?.order ?? 0) < order) set(task, setting, { from: "server", order });
    },
    own(taskId, setting) {
      const task = find(taskId);
      if (task === undefined) return false;
      set(task, setting, { from: "owner", order: task.throttle()?.order ?? 0 });
      return true;
    },
    of(taskId) {
      const file = find(taskId)?.throttle();
      if (file === undefined) return undefined;
      const { setting, from, backOff: resting } = file;
      return { setting, from, ...(resting === undefined ? {} : { because: resting.because }) };
    },
    looked(figures) {
      const before = backOff;
      backOff = nextBackOff(before, figures, thresholds, now());
      const tasks = options.running();
      if (before === undefined && backOff !== undefined && tasks.length > 0)
        log(`automatic throttle rests: ${backOffText(backOff)}`);
      for (const task of tasks) tellRest(task);
    },
    isAnyAutomatic: () => options.running().some((task) => task.throttle()?.setting.mode === "automatic"),
  };
}
