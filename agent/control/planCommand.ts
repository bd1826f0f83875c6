import type { PlanningHost } from "./planOnHost.ts";
import { planOnHost } from "./planOnHost.ts";
import { planText } from "./planText.ts";
import type { RunbookWish } from "./runbookFile.ts";
import { readWish } from "./runbookFile.ts";

/**
 * Says what a runbook would run on this host with these parameters: a person's way of reading it, and of finding out in the afternoon
 * what agent.yaml does not allow yet. Needs no server. Throws a CommandError for what can't be read.
 */
export async function planCommand(wish: RunbookWish, host: PlanningHost): Promise<string> {
  const { compiled, role, parameters } = await readWish(wish, "slackwater-agent plan FILE [--param name=value]…");
  return planText(await planOnHost(compiled, role, parameters, host));
}
