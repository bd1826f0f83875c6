import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figures } from "../../domain/throttle/figures.ts";
import { Instant } from "../../domain/time.ts";
import type { HealthSample, HealthTarget } from "../../protocol/agent.ts";
import type { AgentConfig } from "../config.ts";
import { diskLatencyMs, figuresOf } from "./figuresOf.ts";
import { ratesBetween } from "./hostSample.ts";
import { readCounters, readLevels, readMemoryPressure } from "./readHost.ts";
import type { PostgresHealth, PostgresWatch } from "./watchPostgres.ts";
import { watchPostgres } from "./watchPostgres.ts";

/** The host's health once a second, to whoever listens. */
export interface HealthBeat {
  /** Which PostgreSQL to watch; the first that agent.yaml allows. None: the sample has no `postgres`. */
  watch(targets: readonly HealthTarget[]): void;
  /** Before PostgreSQL is stopped on purpose: our own connection is closed when this resolves, and samples say `paused`. */
  pause(): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
}

export interface HealthBeatOptions {
  readonly config: AgentConfig;
  readonly now: () => number;
  readonly log: (line: string) => void;
  emit(sample: HealthSample): void;
  /** The same look, for work that rests while the host is under strain. */
  looked(figures: Figures): void;
  /** Whether anybody listens to what weighs on the database: finding out costs it a query. */
  wantsStrain(): boolean;
}

const EVERY_MS = 1000;

export function startHealthBeat(options: HealthBeatOptions): HealthBeat {
  let watched: { key: string; watch: PostgresWatch } | undefined;
  let isPaused = false;
  const ending = new AbortController();
  const cores = availableParallelism();

  async function beat(): Promise<void> {
    let before = readCounters();
    while (!ending.signal.aborted) {
      await until(before.atMs + EVERY_MS, ending.signal);
      const after = readCounters();
      const [levels, postgres] = await Promise.all([
        readLevels(options.config.health.fileSystems),
        watched === undefined ? undefined : inTime(watched.watch.look(), LATE),
      ]);
      const memoryPressurePercent = readMemoryPressure();
      const strain =
        postgres?.state === "up" && options.wantsStrain()
          ? await inTime(watched?.watch.strain() ?? Promise.resolve(undefined), undefined)
          : undefined;
      if (ending.signal.aborted) return;
      const sample: HealthSample = {
        at: Instant.parse(options.now()),
        ...levels,
        ...ratesBetween(before, after),
        ...(postgres === undefined ? {} : { postgres }),
      };
      options.emit(sample);
      options.looked(
        figuresOf({ sample, cores, diskLatencyMs: diskLatencyMs(before, after), memoryPressurePercent, strain }),
      );
      before = after;
    }
  }

  const beating = beat().catch((error: unknown) => {
    options.log(`health stopped: ${error instanceof Error ? error.message : String(error)}`);
  });

  return {
    watch(targets) {
      const allowed = targets.flatMap((target) => {
        const entry = allowedEntry(target, options.config);
        if (entry === undefined) options.log(`health: agent.yaml does not allow ${target.host}:${target.port}`);
        return entry === undefined ? [] : [{ target, entry }];
      });
      const [first] = allowed;
      const key = first === undefined ? "" : JSON.stringify(first.target);
      if (key === (watched?.key ?? "")) return;
      watched?.watch.close().catch(() => {});
      watched = first === undefined ? undefined : { key, watch: watchPostgres(first.target, first.entry) };
      if (isPaused) watched?.watch.pause().catch(() => {});
    },
    async pause() {
      isPaused = true;
      options.log("health: own connection to PostgreSQL closed for a planned stop");
      await watched?.watch.pause();
    },
    resume() {
      if (!isPaused) return;
      isPaused = false;
      options.log("health: PostgreSQL is watched again");
      watched?.watch.resume();
    },
    async stop() {
      ending.abort();
      await watched?.watch.close();
      await beating;
    },
  };
}

function allowedEntry(target: HealthTarget, config: AgentConfig) {
  return config.databases.find(
    (entry) =>
      entry.host === target.host &&
      entry.port === target.port &&
      (entry.names.includes(target.database) || entry.names.includes("*")),
  );
}

const LATE: PostgresHealth = { state: "down", error: "no answer within 0.9 s" };

/** The rest of a sample must not wait for a database that hangs. */
async function inTime<T>(work: Promise<T>, late: T): Promise<T> {
  const tooLate: Promise<T> = new Promise((resolve) => {
    setTimeout(() => resolve(late), EVERY_MS * 0.9).unref();
  });
  return Promise.race([work, tooLate]);
}

async function until(atMs: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, atMs - performance.now()), undefined, { signal }).catch(() => {});
}
