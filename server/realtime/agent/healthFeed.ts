import type { HostId } from "../../../domain/ids.ts";
import { Instant } from "../../../domain/time.ts";
import type { HealthSample } from "../../../protocol/agent.ts";
import { storeHealth } from "../../db/healthSamples.ts";
import { createClockWatch } from "./clockWatch.ts";
import { harmlessHealth } from "./harmless.ts";
import type { AgentGatewayParts } from "./parts.ts";

/** Shows a host's health at once and keeps one sample in ten seconds. */
export interface HealthFeed {
  take(sample: HealthSample): void;
}

/** Twice the agreed 1 Hz; what comes faster is dropped. */
const SHOW_EVERY_MS = 450;
const STORE_EVERY_MS = 10_000;
/** A host whose clock is further off gets the server's time on its samples, or a chart would show them in another year. */
const MOST_SKEW_MS = 60_000;

/** Makes the feed of one connection. */
export function createHealthFeed(
  parts: Pick<AgentGatewayParts, "pool" | "hub" | "log" | "notifier" | "now">,
  hostId: HostId,
): HealthFeed {
  const clock = createClockWatch(parts, hostId);
  let shownAtMs = Number.NEGATIVE_INFINITY;
  let storedAtMs = Number.NEGATIVE_INFINITY;
  return {
    take(said) {
      const monotonicMs = performance.now();
      if (monotonicMs - shownAtMs < SHOW_EVERY_MS) return;
      shownAtMs = monotonicMs;
      clock.take(said.at);
      const now = parts.now();
      const at = Math.abs(said.at - now) > MOST_SKEW_MS ? Instant.parse(now) : said.at;
      const sample = { ...harmlessHealth(said), at };
      parts.hub.publish(`host:${hostId}`, { type: "health", hostId, sample }, { volatile: true });
      if (monotonicMs - storedAtMs < STORE_EVERY_MS) return;
      storedAtMs = monotonicMs;
      storeHealth(parts.pool, hostId, at, sample).catch((error: unknown) =>
        parts.log(`health of host ${hostId} was not stored: ${String(error)}`),
      );
    },
  };
}
