import type { RunId } from "../../domain/ids.ts";
import { releaseLeases, renewLeases, takeLeases } from "../db/lease.ts";
import type { NoticeListener } from "../db/noticeListener.ts";
import type { DriverParts, RunDriver } from "./runDriver.ts";
import { createRunDriver } from "./runDriver.ts";

export interface EngineParts extends DriverParts {
  readonly listener: NoticeListener;
  /** Names this process in `run.lease_owner`; another one each time it starts. */
  readonly owner: string;
  /** How long a run stays ours without a sign of life. Another process takes it within twice that. */
  readonly leaseMs: number;
}

/** The engine of one process: drives every run whose lease it can get. */
export interface Engine {
  /** Ends what was begun, and gives the leases back. */
  close(): Promise<void>;
}

/** While a run is live, time is looked at so often: triggers, waits, the point of no return. */
const WAKE_EVERY_MS = 1_000;
/** Before and after that, every so many beats. */
const CALM_BEATS = 15;
/** A notice can be lost: every so many beats the inputs are looked for all the same. */
const LOOK_BEATS = 5;
const TAKEN_AT_ONCE = 50;
const LIVE: ReadonlySet<string> = new Set(["running", "held", "rollingBack", "deciding"]);

/** Starts the engine. */
export function startEngine(parts: EngineParts): Engine {
  const { owner, leaseMs } = parts;
  const drivers = new Map<RunId, RunDriver>();
  let closed = false;
  let tending: Promise<void> = Promise.resolve();

  const drop = (driver: RunDriver): void => {
    if (drivers.get(driver.runId) !== driver) return;
    drivers.delete(driver.runId);
    void driver.stop();
  };

  const tendOnce = async (): Promise<void> => {
    const held = [...drivers.values()];
    if (held.length > 0) {
      const ours = await renewLeases(parts.pool, owner, leaseMs, held);
      for (const driver of held) if (!ours.has(driver.runId)) drop(driver);
    }
    await letEndedGo();
    for (let taken = TAKEN_AT_ONCE; taken === TAKEN_AT_ONCE && !closed; ) {
      const leases = await takeLeases(parts.pool, owner, leaseMs, TAKEN_AT_ONCE);
      taken = leases.length;
      for (const lease of leases) begin(lease);
    }
  };
  const begin = (lease: { readonly runId: RunId; readonly fence: bigint }): void => {
    const earlier = drivers.get(lease.runId);
    if (earlier) drop(earlier);
    const driver: RunDriver = createRunDriver(parts, lease, () => drop(driver));
    drivers.set(lease.runId, driver);
    // What was due before a crash and not rendered.
    void parts.announcer.catchUp(lease.runId);
  };
  /** An ended run is taken again when there is something to answer; until then nobody need hold it. */
  const letEndedGo = async (): Promise<void> => {
    const ended = [...drivers.values()].filter((driver) => driver.stage() === "ended" && driver.isAtRest());
    if (ended.length === 0) return;
    for (const driver of ended) drivers.delete(driver.runId);
    await Promise.all(ended.map((driver) => driver.stop()));
    await releaseLeases(
      parts.pool,
      owner,
      ended.map((driver) => driver.runId),
    );
  };
  /** One at a time: two renewals at once would take each other's new leases for lost. */
  const tend = (): Promise<void> => {
    tending = tending
      .then(() => (closed ? undefined : tendOnce()))
      .catch((error: unknown) => parts.log(`leases could not be tended: ${String(error)}`));
    return tending;
  };

  let tendSoon: NodeJS.Timeout | undefined;
  const unsubscribe = parts.listener.subscribe((notice) => {
    if (notice === undefined) {
      for (const driver of drivers.values()) driver.look();
      void tend();
    } else if (notice.about === "inputs") {
      const driver = drivers.get(notice.runId);
      if (driver) return driver.look();
      // A new run, or an ended one with something to answer; or another process's, and then nothing comes of it.
      tendSoon ??= setTimeout(() => {
        tendSoon = undefined;
        void tend();
      }, 50);
    }
  });

  void tend();
  const leaseTimer = setInterval(() => void tend(), leaseMs / 3);
  let beat = 0;
  const wakeTimer = setInterval(() => {
    beat += 1;
    for (const driver of drivers.values()) {
      if (beat % CALM_BEATS === 0 || LIVE.has(driver.stage() ?? "")) driver.wake();
      if (beat % LOOK_BEATS === 0) driver.look();
    }
  }, WAKE_EVERY_MS);

  return {
    async close() {
      closed = true;
      unsubscribe();
      clearInterval(leaseTimer);
      clearInterval(wakeTimer);
      clearTimeout(tendSoon);
      await tending;
      const held = [...drivers.values()];
      await Promise.all(held.map((driver) => driver.stop()));
      await releaseLeases(
        parts.pool,
        owner,
        held.map((driver) => driver.runId),
      ).catch((error: unknown) => parts.log(`leases were not given back: ${String(error)}`));
    },
  };
}
