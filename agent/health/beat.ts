import { setTimeout as sleep } from "node:timers/promises";
import { Instant } from "../../domain/time.ts";
import type { HealthSample, HealthTarget } from "../../protocol/agent.ts";
import type { AgentConfig } from "../config.ts";
import { ratesBetween } from "./hostSample.ts";
import { readCounters, readLevels } from "./readHost.ts";
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
}

const EVERY_MS = 1000;

export function startHealthBeat(options: HealthBeatOptions): HealthBeat {
  let watched: { key: string; watch: PostgresWatch } | undefined;
  let isPaused = false;
  const ending = new AbortController();

  async function beat(): Promise<void> {
    let before = await readCounters();
    while (!ending.signal.aborted) {
      await until(before.atMs + EVERY_MS, ending.signal);
      const after = await readCounters();
      const [levels, postgres] = await Promise.all([
        readLevels(options.config.health.fileSystems),
        watched === undefined ? undefined : lookInTime(watched.watch),
      ]);
      if (ending.signal.aborted) return;
      options.emit({
        at: Instant.parse(options.now()),
        ...levels,
        ...ratesBetween(before, after),
        ...(postgres === undefined ? {} : { postgres }),
      });
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

/** The rest of a sample must not wait for a database that hangs. */
async function lookInTime(watch: PostgresWatch): Promise<PostgresHealth> {
  const late: Promise<PostgresHealth> = new Promise((resolve) => {
    setTimeout(() => resolve({ state: "down", error: "no answer within 0.9 s" }), EVERY_MS * 0.9).unref();
  });
  return Promise.race([watch.look(), late]);
}

async function until(atMs: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, atMs - performance.now()), undefined, { signal }).catch(() => {});
}
