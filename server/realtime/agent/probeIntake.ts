import type { RunId } from "../../../domain/ids.ts";
import type { AgentFrame, ProbeOrder } from "../../../protocol/agent.ts";
import { writeReport } from "../../db/inputs.ts";
import { harmlessLine } from "./harmless.ts";
import type { AgentGatewayParts } from "./parts.ts";

type SampleFrame = Extract<AgentFrame, { type: "probeSampled" }>;

/** A probe that was ordered of this host, and whether every sample of it is needed. */
export interface OrderedProbe extends ProbeOrder {
  /** Its value is kept as a fact, or a trigger looks at it, not only at whether it is well, or is about to fire. */
  readonly valueMatters: boolean;
}

/**
 * Hands a probe's samples to the engine where a trigger could change its mind by them: the first one, each change between well
 * and not well, each further failure, and all of them where a trigger looks at the value or it is kept as a fact. The rest of a
 * probe that is well says nothing new.
 */
export interface ProbeIntake {
  /** The set that the host now carries out; samples of others are not taken. */
  expect(probes: readonly OrderedProbe[]): void;
  /** False where the host was not asked for it. */
  take(frame: SampleFrame): Promise<boolean>;
}

interface Course {
  ok: boolean;
  consecutiveFailures: number;
}

/** Makes the intake of one connection. */
export function createProbeIntake(parts: Pick<AgentGatewayParts, "pool" | "notifier">): ProbeIntake {
  const key = (runId: RunId, probeId: string): string => `${runId} ${probeId}`;
  let ordered = new Map<string, OrderedProbe>();
  const courses = new Map<string, Course>();
  return {
    expect(probes) {
      ordered = new Map(probes.map((probe) => [key(probe.runId, probe.probeId), probe]));
      // A probe that was paused begins anew: the failures of before the pause are not consecutive to those after it.
      for (const known of courses.keys()) if (!ordered.has(known)) courses.delete(known);
    },
    async take({ runId, probeId, at, ok, value, detail }) {
      const id = key(runId, probeId);
      const probe = ordered.get(id);
      if (!probe) return false;
      const before = courses.get(id);
      const consecutiveFailures = ok ? 0 : (before?.consecutiveFailures ?? 0) + 1;
      courses.set(id, { ok, consecutiveFailures });
      if (before?.ok && ok && !probe.valueMatters) return true;
      const sample = {
        at,
        ok,
        consecutiveFailures,
        detail: harmlessLine(detail),
        ...(value === undefined ? {} : { value }),
      };
      // Which fact a sample is, the runbook says (keepProbeFact): facts that a host names itself could stand for anything.
      await writeReport(parts.pool, { runId, report: { report: "probeSampled", probeId, sample } });
      parts.notifier.tell({ about: "inputs", runId });
      return true;
    },
  };
}
