import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

/** Asks systemd whether the kernel's clock is held to others, by whichever service does it (it reads the kernel's own flag). */
export function timeSyncCall(): ToolCall {
  return {
    file: "timedatectl",
    args: ["show", "--property=NTPSynchronized", "--value"],
    debianPackage: "systemd",
    failureOf: failureBy({}),
  };
}

/** Reads its `yes` or `no`; anything else tells nothing. */
export function parseTimeSync(output: string): "yes" | "no" | "unknown" {
  const said = output.trim();
  return said === "yes" || said === "no" ? said : "unknown";
}
