import type { RunId } from "../../../domain/ids.ts";
import { SIGN_OF_LIFE_MS } from "../../../domain/trigger/probeWatch.ts";
import type { AgentFrame, ProbeOrder } from "../../../protocol/agent.ts";
import { writeReading } from "../../db/inputs.ts";
import { harmlessLine } from "./harmless.ts";
import type { AgentGatewayParts } from "./parts.ts";

type SampleFrame = Extract<AgentFrame, { type: "probeSampled" }>;

/** A probe that was ordered of this host, and whether every reading of it is needed. */
export interface OrderedProbe extends ProbeOrder {
  /** Its value is kept as a fact, or a trigger looks at it, not only at whether it is well, or back over a time, or is about to fire. */
  readonly everyOne: boolean;
}

/** One of a probe that is well is passed on so often all the same: that none comes says something too. A little less, for jitter. */
const PASS_ON_AFTER_MS = 0.9 * SIGN_OF_LIFE_MS;

/**
 * Hands a probe's readings to the engine where a trigger could change its mind by them: the first one, each change between well
 * and not well, each failure, and all of them where a trigger looks at the value or it is kept as a fact. Of a probe that is well
 * the rest says nothing new, but that it is alive.
 */
export interface ProbeIntake {
  /** The set that the host now carries out; readings of others are not taken. */
  expect(probes: readonly OrderedProbe[]): void;
  /** False where the host was not asked for it. */
  take(frame: SampleFrame): Promise<boolean>;
}

/** Makes the intake of one connection. */
export function createProbeIntake(parts: Pick<AgentGatewayParts, "pool" | "notifier">): ProbeIntake {
  const key = (runId: RunId, probeId: string): string => `${runId} ${probeId}`;
  let ordered = new Map<string, OrderedProbe>();
  const passedOn = new Map<string, { readonly ok: boolean; readonly atMs: number }>();
  return {
    expect(probes) {
      ordered = new Map(probes.map((probe) => [key(probe.runId, probe.probeId), probe]));
      for (const known of passedOn.keys()) if (!ordered.has(known)) passedOn.delete(known);
    },
    async take({ runId, probeId, at, ok, value, detail }) {
      const id = key(runId, probeId);
      const probe = ordered.get(id);
      if (!probe) return false;
      const before = passedOn.get(id);
      const nowMs = performance.now();
      if (before?.ok && ok && !probe.everyOne && nowMs - before.atMs < PASS_ON_AFTER_MS) return true;
      passedOn.set(id, { ok, atMs: nowMs });
      const reading = { at, ok, detail: harmlessLine(detail), ...(value === undefined ? {} : { value }) };
      // Which fact a reading is, the runbook says (keepProbeFact): facts that a host names itself could stand for anything.
      await writeReading(parts.pool, runId, probeId, reading);
      parts.notifier.tell({ about: "inputs", runId });
      return true;
    },
  };
}
