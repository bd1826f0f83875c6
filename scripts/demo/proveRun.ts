import { z } from "zod";
import type { RunView } from "../../protocol/http/runs.ts";
import { agentPaths, mustRun } from "./agentOnHost.ts";
import type { SampleHost } from "./sampleHost.ts";

const Checked = z.object({
  acceptedCount: z.int(),
  storedCount: z.int(),
  missingCount: z.int(),
  longestGap: z.object({ lengthMs: z.number() }).optional(),
});

/** What was found when the result of a window was looked at from outside. */
export interface Proof {
  readonly rowsEqual: boolean;
  readonly downtimeS: number;
  readonly acceptedWrites: number;
  readonly encrypted: "luks2" | "none";
  /** The volume as cryptsetup itself tells it; empty without encryption. */
  readonly volume: string;
}

/**
 * Looks at the sample host itself, not at what the run says: every write that the service ever acknowledged must be in the database that
 * serves now, and the volume must be what it is said to be.
 */
export async function proveFromOutside(
  host: SampleHost,
  run: RunView,
  how: { root: string; node: string; statePath: string },
): Promise<Proof> {
  const from = run.startedAt ?? run.createdAt;
  const to = run.endedAt ?? Date.now();
  const { output } = await host.exec(
    `${host.see(how.node)} ${host.see(how.root)}/scripts/demo/sample/checkWrites.ts --state ${how.statePath} --from ${from} --to ${to}`,
  );
  const line = output.split("\n").find((text) => text.startsWith("{"));
  if (line === undefined) throw new Error(`The writes could not be compared:\n${output}`);
  const checked = Checked.parse(JSON.parse(line));
  const encrypted = run.outcome === "completed" ? await encryptionOf(host) : { encrypted: "none" as const, volume: "" };
  return {
    rowsEqual: checked.missingCount === 0 && checked.acceptedCount > 0,
    downtimeS: (checked.longestGap?.lengthMs ?? 0) / 1000,
    acceptedWrites: checked.acceptedCount,
    ...encrypted,
  };
}

async function encryptionOf(host: SampleHost): Promise<Pick<Proof, "encrypted" | "volume">> {
  if (host.encryption === "none") return { encrypted: "none", volume: "" };
  const image = `${agentPaths(host).volumes}/supersync.img`;
  const dump = await mustRun(host, `cryptsetup luksDump '${image}'`);
  const isLuks2 =
    /^Version:\s+2$/m.test(dump) && /cipher: aes-xts-plain64/.test(dump) && /Cipher key: 512 bits/.test(dump);
  const slots = [...dump.matchAll(/^\s+(\d+): luks2$/gm)].length;
  const source = await mustRun(
    host,
    `findmnt --noheadings --output SOURCE --target '${agentPaths(host).mount}/supersync/data'`,
  );
  const isOnIt = source.trim() === "/dev/mapper/supersync";
  return {
    encrypted: isLuks2 && slots === 2 && isOnIt ? "luks2" : "none",
    volume: `LUKS2 ${isLuks2 ? "aes-xts-plain64 512 bits" : "unexpected cipher"}, ${slots} key slots, mounted from ${source.trim()}`,
  };
}
