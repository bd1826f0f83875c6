import { NORMAL_WEIGHT } from "../../domain/throttle/normalWeight.ts";
import type { Pace } from "../../domain/throttle/setting.ts";
import { FULL, paceOf } from "../../domain/throttle/setting.ts";
import { settingText } from "../../domain/throttle/settingText.ts";
import type { TokenBucket } from "../../domain/throttle/tokenBucket.ts";
import { emptyBucket, filled, taken, waitMs } from "../../domain/throttle/tokenBucket.ts";
import type { Progress } from "../../protocol/agent.ts";
import type { ProgramSpec } from "./actionContext.ts";
import type { Brake } from "./brake.ts";
import { fitBrake } from "./brake.ts";
import type { Meter } from "./meter.ts";
import { meterOf } from "./meter.ts";
import type { ThrottleWish } from "./throttleWish.ts";
import { openThrottleWish } from "./throttleWish.ts";
import { weighTask } from "./weights.ts";

/** How late a new setting is seen, and how soon a program that was started meanwhile stands too. */
const LOOK_EVERY_MS = 200;
/** Programs go and stand about ten times a second: often enough that nobody sees it, rarely enough that it costs nothing. */
const SLICE_MS = 100;
/** A slice of a program of unknown speed: at 1 GB/s it does a megabyte in it. */
const FIRST_BYTES_PER_MS = 1_000_000;
const WEIGHTS_EVERY_MS = 1_000;

/** Holds one task to its throttle setting, in its runner: programs by stopping them, our own work by letting it wait. */
export interface TaskThrottle {
  /** How much of `wanted` the runner's own work may do now; at least 1. Resolves at once where nothing limits it; rejects when aborted. */
  allow(wanted: number, unit: "bytes" | "rows"): Promise<number>;
  programBegan(number: number, pid: number, meter: ProgramSpec["meter"]): void;
  programEnded(number: number): void;
  /** For the progress; undefined while nothing holds the task back. */
  shown(): Progress["throttle"];
  /** The task is over: nothing of it stands any more, and nothing will. */
  close(): void;
}

export interface TaskThrottleOptions {
  /** throttle.json of the task. */
  readonly path: string;
  readonly taskId: string;
  readonly group: string | undefined;
  readonly signal: AbortSignal;
  /** A sentence for the task's log. */
  readonly note: (line: string) => void;
  /** What `shown` answers has changed. */
  readonly onChange: () => void;
}

const nowMs = () => performance.now();

/** Starts to hold a task to its setting. It is the runner's work, so that a copy keeps its rate while no agent runs. */
export function createTaskThrottle(options: TaskThrottleOptions): TaskThrottle {
  const { signal, note } = options;
  const look = openThrottleWish(options.path, nowMs);
  const meters = new Map<number, Meter>();
  let wish: ThrottleWish = { setting: FULL, pace: paceOf(FULL, undefined) };
  let bucket: TokenBucket = emptyBucket(nowMs());
  let fitting: Promise<Brake | undefined> | undefined;
  let brake: Brake | undefined;
  let isStanding = false;
  let isClosed = false;
  let isRunnerAtWork = false;
  /** Bytes that the programs do in a ms while they go, and since when they go. */
  let bytesPerMs = FIRST_BYTES_PER_MS;
  let wentAtMs: number | undefined;
  let weighed = { cpuWeight: NORMAL_WEIGHT, ioWeight: NORMAL_WEIGHT, atMs: Number.NEGATIVE_INFINITY };
  const weights = weighTask({ ...options, isRunnerAtWork: () => isRunnerAtWork });
  const sleepers = new Set<() => void>();
  /** What was shown last, as text. */
  let said: string | undefined;

  /** Wakes early when a setting, a program or the end of the task has come. */
  function nap(forMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, forMs);
      sleepers.add(wake);
    });
  }
  const wakeAll = () => {
    for (const wake of [...sleepers]) wake();
  };

  function close(): void {
    isClosed = true;
    brake?.release();
    wakeAll();
  }
  // At once and not at the next look: what is to be ended has to hear it.
  if (signal.aborted) close();
  signal.addEventListener("abort", close, { once: true });

  const measured = () => [...meters.values()].reduce((sum, meter) => sum + meter.read(), 0);

  function go(): void {
    if (isStanding) brake?.go();
    isStanding = false;
  }

  /** Measures from now on: what was saved up, owed or done before says nothing of what holds now. */
  function startOver(): void {
    bucket = emptyBucket(nowMs());
    measured();
  }

  /** The brake, fitted when it is first needed; undefined once the task is over, or where nothing may be stopped. */
  async function fitted(): Promise<Brake | undefined> {
    const isNew = fitting === undefined;
    fitting ??= fitBrake(options);
    brake = await fitting;
    if (isClosed) {
      brake?.release();
      return undefined;
    }
    if (isNew) startOver();
    if (isNew)
      note(brake === undefined ? "Throttle: nothing can be stopped here: no shell." : `Throttle: by ${brake.by}.`);
    return brake;
  }

  async function stand(): Promise<void> {
    (await fitted())?.stop();
    isStanding = !isClosed;
    wentAtMs = undefined;
  }

  function refresh(): void {
    const before = wish;
    wish = look();
    if (JSON.stringify(wish) === JSON.stringify(before)) return;
    if (JSON.stringify(wish.setting) !== JSON.stringify(before.setting)) {
      note(`Throttle: ${settingText(wish.setting)}.`);
      startOver();
    }
    const [stood, stands] = [before.pace.standsBecause, wish.pace.standsBecause];
    if (stands !== undefined && stood === undefined) note(`Throttle: stands, ${stands}.`);
    if (stands === undefined && stood !== undefined) note("Throttle: goes on.");
    wakeAll();
  }

  async function weigh({ cpuWeight, ioWeight }: Pace): Promise<void> {
    const isNew = weighed.cpuWeight !== cpuWeight || weighed.ioWeight !== ioWeight;
    const isNormal = cpuWeight === NORMAL_WEIGHT && ioWeight === NORMAL_WEIGHT;
    if (!isNew && (isNormal || nowMs() - weighed.atMs < WEIGHTS_EVERY_MS)) return;
    const by = await weights.apply(cpuWeight, ioWeight);
    weighed = { cpuWeight, ioWeight, atMs: nowMs() };
    if (isNew) note(`Throttle: CPU weight ${cpuWeight} by ${by.cpu}, I/O weight ${ioWeight} by ${by.io}.`);
  }

  /** One slice of going or standing; answers when to look again, ms. */
  async function slice(rate: number): Promise<number> {
    const at = nowMs();
    const done = measured();
    if (wentAtMs !== undefined && at > wentAtMs) {
      const speed = done / (at - wentAtMs);
      // Believed at once when it is faster than thought, and slowly when slower: too long a slice is the dearer mistake.
      bytesPerMs = Math.max(1, speed > bytesPerMs ? speed : 0.7 * bytesPerMs + 0.3 * speed);
    }
    bucket = taken(filled(bucket, rate, at), done, rate);
    const enough = isStanding ? (rate * SLICE_MS) / 1000 : 0;
    if (bucket.tokens <= enough) {
      await stand();
      return Math.min(LOOK_EVERY_MS, Math.max(1, waitMs(bucket, (rate * SLICE_MS) / 1000, rate)));
    }
    go();
    wentAtMs = nowMs();
    return Math.min(SLICE_MS, Math.max(1, bucket.tokens / bytesPerMs));
  }

  async function turn(): Promise<number> {
    refresh();
    // Before there is anything to stop, where it can be: a shell takes a moment to start, and a fast copy is far by then.
    if (wish.setting.mode !== "full") await fitted();
    await weigh(wish.pace);
    if (isClosed) return 0;
    const { standsBecause, bytesPerSecond } = wish.pace;
    if (standsBecause !== undefined) {
      await stand();
      return LOOK_EVERY_MS;
    }
    if (bytesPerSecond !== undefined && meters.size > 0) return slice(bytesPerSecond);
    go();
    return LOOK_EVERY_MS;
  }

  async function drive(): Promise<void> {
    while (!isClosed) {
      const forMs = await turn();
      const text = JSON.stringify(shown());
      if (text !== said) options.onChange();
      said = text;
      await nap(forMs);
    }
  }

  function shown(): Progress["throttle"] {
    const { setting, pace } = wish;
    if (setting.mode === "full") return undefined;
    return {
      mode: setting.mode,
      ...(pace.bytesPerSecond === undefined ? {} : { bytesPerSecond: pace.bytesPerSecond }),
      ...(pace.rowsPerSecond === undefined ? {} : { rowsPerSecond: pace.rowsPerSecond }),
      // Only once it does.
      ...(pace.standsBecause === undefined || !isStanding ? {} : { because: pace.standsBecause }),
    };
  }
  drive().catch((error: unknown) => {
    // A throttle that fails must not fail the copy; but it must not go unseen, and nothing may be left standing.
    note(`Throttle: given up: ${error instanceof Error ? error.message : String(error)}`);
    close();
  });

  return {
    async allow(wanted, unit) {
      // As for a program: nothing was saved up before there was anything to do.
      if (!isRunnerAtWork) bucket = emptyBucket(nowMs());
      isRunnerAtWork = true;
      for (;;) {
        signal.throwIfAborted();
        if (isClosed) return wanted;
        const { standsBecause, bytesPerSecond, rowsPerSecond } = wish.pace;
        const rate = unit === "bytes" ? bytesPerSecond : rowsPerSecond;
        if (standsBecause !== undefined) {
          await nap(LOOK_EVERY_MS);
          continue;
        }
        if (rate === undefined) return wanted;
        bucket = filled(bucket, rate, nowMs());
        const least = Math.min(wanted, Math.max(1, (rate * SLICE_MS) / 1000));
        if (bucket.tokens >= least) {
          const given = Math.max(1, Math.floor(Math.min(wanted, bucket.tokens)));
          bucket = taken(bucket, given, rate);
          return given;
        }
        await nap(Math.max(1, waitMs(bucket, least, rate)));
      }
    },
    programBegan(number, pid, meter) {
      // It was born with everybody's share; what it starts itself inherits its own.
      weighed = { ...weighed, atMs: Number.NEGATIVE_INFINITY };
      if (meter !== undefined) {
        const one = meterOf(pid, meter);
        one.read();
        // While nothing could be done, nothing was saved up.
        if (meters.size === 0) bucket = emptyBucket(nowMs());
        meters.set(number, one);
      }
      wakeAll();
    },
    programEnded(number) {
      meters.delete(number);
      if (meters.size === 0) bytesPerMs = FIRST_BYTES_PER_MS;
    },
    shown,
    close,
  };
}
