import type { Guest } from "../../../scripts/guest/guest.ts";

/** Runs a command that has to succeed; returns what it wrote. */
export async function must(guest: Guest, command: string, timeoutMs = 60_000): Promise<string> {
  const result = await guest.exec(command, { timeoutMs });
  if (result.exitCode !== 0) throw new Error(`${result.ended} ${result.exitCode}: ${command}\n${result.output}`);
  return result.output;
}
