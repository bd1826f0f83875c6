import { isClockOff } from "../../../domain/gate/clocks.ts";
import type { HostId } from "../../../domain/ids.ts";
import { runsOfHost } from "../../db/hostLinks.ts";
import { writeReport } from "../../db/inputs.ts";
import type { AgentGatewayParts } from "./parts.ts";

/** Holds the clock of one host against the server's, by the moments that its health samples say they are of. */
export interface ClockWatch {
  /** A sample came that says it is of this moment (ms). */
  take(saidAt: number): void;
}

/** So many samples are one judgement: of a host that says one a second, ten seconds. */
const SAMPLES = 10;

/**
 * Makes the watch of one connection. The longer a sample was on its way, the further behind its clock looks, so the one that looks least
 * behind is the one that counts. Runs are told while it is off, again and again since new ones are planned meanwhile, and once when it
 * is right.
 */
export function createClockWatch(
  parts: Pick<AgentGatewayParts, "pool" | "notifier" | "now" | "log">,
  hostId: HostId,
): ClockWatch {
  let window: number[] = [];
  let isToldRight = false;
  return {
    take(saidAt) {
      window.push(Math.round(saidAt - parts.now()));
      if (window.length < SAMPLES) return;
      const offMs = Math.max(...window);
      window = [];
      const isRight = !isClockOff(offMs);
      if (isRight && isToldRight) return;
      isToldRight = isRight;
      tellRuns(parts, hostId, offMs).catch((error: unknown) => {
        isToldRight = false;
        parts.log(`runs of host ${hostId} were not told of its clock: ${String(error)}`);
      });
    },
  };
}

async function tellRuns(
  { pool, notifier }: Pick<AgentGatewayParts, "pool" | "notifier">,
  hostId: HostId,
  offMs: number,
): Promise<void> {
  for (const { runId, ended } of await runsOfHost(pool, hostId)) {
    if (ended) continue;
    await writeReport(pool, { runId, report: { report: "clockMeasured", hostId, offMs } });
    notifier.tell({ about: "inputs", runId });
  }
}
