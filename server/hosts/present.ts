import { z } from "zod";
import { HealthSample } from "../../protocol/agent.ts";
import type { HostView } from "../../protocol/http/hosts.ts";
import type { Host } from "../db/prisma.ts";
import { fingerprintWords } from "../identity/words.ts";

/** A host as the pages show it. `health` is its newest stored sample, which may be old: the page shows its age. */
export function presentHost(
  host: Host,
  now: { readonly connected: boolean; readonly health: unknown },
  openWindows: readonly { windowId: string; title: string }[],
): HostView {
  const sample = HealthSample.safeParse(now.health);
  return {
    hostId: host.id,
    name: host.name,
    fingerprintWords: fingerprintWords(host.fingerprint),
    agentVersion: host.agentVersion,
    enrolledAt: host.enrolledAt.getTime(),
    lastSeenAt: host.lastSeenAt?.getTime() ?? null,
    connected: now.connected,
    actions: z.array(z.string()).parse(host.actions),
    health: sample.success ? sample.data : null,
    openWindows,
  };
}
