import { Failure } from "../../../domain/failure.ts";
import { CLOCK_TOLERANCE_MS } from "../../approval/checkDecision.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { parseTimeSync, timeSyncCall } from "../../tools/timedatectl.ts";
import type { Finding } from "./finding.ts";

/**
 * Whether this host's clock is right: held to others by a time service, and how far from the server's where that is known (ms, the
 * server's minus ours; within half of `unsureMs` when it was read from an answer in whole seconds). Signed times are judged by it.
 */
export async function clockHere(
  skew: { readonly ms: number; readonly unsureMs: number } | undefined,
  context: Pick<ActionContext, "program">,
): Promise<Finding> {
  const isSynchronised = await isSynchronisedHere(context);
  const off = skew === undefined ? "" : ` ${offText(skew)}`;
  if (skew !== undefined && Math.abs(skew.ms) - skew.unsureMs > CLOCK_TOLERANCE_MS) {
    return {
      subject: "clock",
      verdict: "missing",
      says: `It is${off}: decisions would count too early or too late here.`,
      todo: "Set it: timedatectl set-ntp true, or start chrony. Look at the server's clock as well.",
    };
  }
  switch (isSynchronised) {
    case "yes":
      return {
        subject: "clock",
        verdict: "ok",
        says: `It is held to others by a time service${off === "" ? "" : `,${off}`}.`,
      };
    case "no":
      return {
        subject: "clock",
        verdict: "missing",
        says: `No time service holds it to others${off === "" ? "" : `. It is${off} now`}.`,
        todo: "timedatectl set-ntp true (apt-get install systemd-timesyncd), or chrony.",
      };
    case "unknown":
      return {
        subject: "clock",
        verdict: "note",
        says: `Whether a time service holds it to others can't be told here: timedatectl does not answer${off === "" ? "" : `. It is${off} now`}.`,
        todo: "In a container the clock is its host's: look there.",
      };
    default:
      return isSynchronised satisfies never;
  }
}

function offText({ ms, unsureMs }: { readonly ms: number; readonly unsureMs: number }): string {
  const seconds = (Math.abs(ms) / 1000).toFixed(1);
  if (Math.abs(ms) <= unsureMs + 500) return "right by the server's";
  return `${seconds} s ${ms > 0 ? "behind" : "ahead of"} the server's`;
}

async function isSynchronisedHere(context: Pick<ActionContext, "program">): Promise<"yes" | "no" | "unknown"> {
  try {
    const { stdout } = await context.program({ ...timeSyncCall(), timeoutMs: 5000 });
    return parseTimeSync(stdout.toString("utf8"));
  } catch (error) {
    if (error instanceof Failure) return "unknown";
    throw error;
  }
}
