import type { HostId } from "../../../domain/ids.ts";
import { Instant } from "../../../domain/time.ts";
import type { AgentFrame } from "../../../protocol/agent.ts";
import { runsOfHost } from "../../db/hostLinks.ts";
import { writeReport } from "../../db/inputs.ts";
import { forgetRunKeys, openTasks, recordUnknownEnd } from "../../db/tasks.ts";
import type { AgentGatewayParts } from "./parts.ts";

/** The hello names at most so many tasks; one that is not named among so many may still be there. */
const MOST_NAMED = 1_000;

/**
 * Tasks that the host had accepted, that have no report, and of which it no longer knows: its journal was lost. How they ended
 * nobody can tell.
 */
export async function reportUnknown(
  parts: Pick<AgentGatewayParts, "pool" | "notifier" | "now">,
  hostId: HostId,
  named: Extract<AgentFrame, { type: "hello" }>["tasks"],
): Promise<void> {
  if (named.length >= MOST_NAMED) return;
  const known = new Set(named.map((task) => task.taskId));
  for (const task of await openTasks(parts.pool, hostId)) {
    if (!task.accepted || known.has(task.taskId)) continue;
    const message = "The agent had accepted this task and knows nothing of it now: its journal was lost.";
    await recordUnknownEnd(parts.pool, task, Instant.parse(parts.now()), message);
    parts.notifier.tell({ about: "inputs", runId: task.runId });
  }
}

/**
 * Tells every run that uses the host that it was started anew: mounts and mappings are gone, passphrases too, and the keys that they were
 * sealed to, so that new ones are asked for. Once for each boot, however often it is called: it is called before the new boot is on
 * record, so that no end of the server in between loses it.
 */
export async function reportReboot(
  parts: Pick<AgentGatewayParts, "pool" | "notifier">,
  hostId: HostId,
  bootId: string,
): Promise<void> {
  await forgetRunKeys(parts.pool, hostId);
  for (const { runId, ended } of await runsOfHost(parts.pool, hostId)) {
    if (ended) continue;
    const detail = "The host was started anew since it was last connected.";
    const report = { report: "hostRebooted", hostId, detail } as const;
    await writeReport(parts.pool, { runId, report, dedupeKey: `${runId} ${hostId} booted ${bootId}` });
    parts.notifier.tell({ about: "inputs", runId });
  }
}
