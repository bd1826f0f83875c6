import { formatRate } from "../../domain/format/bytes.ts";
import { formatCount } from "../../domain/format/count.ts";
import type { ThrottleSetting } from "../../domain/throttle/setting.ts";
import { settingText } from "../../domain/throttle/settingText.ts";
import type { Progress } from "../../protocol/agent.ts";

/** What the line about a task's speed says. */
export interface ThrottleWords {
  /** As it was ordered: "limited: at most 20.0 MB/s". */
  readonly ordered: string;
  /** What its host says of it where that is something else: why it stands, its owner's own limit, or that it has not heard of it. */
  readonly host: string | undefined;
}

/** Holds what was ordered against what the host last said. */
export function throttleWords(ordered: ThrottleSetting, said: Progress["throttle"]): ThrottleWords {
  return { ordered: settingText(ordered), host: hostWords(ordered, said) };
}

function hostWords(ordered: ThrottleSetting, said: Progress["throttle"]): string | undefined {
  if (said?.because !== undefined) return said.because;
  const isAsOrdered = ordered.mode === (said?.mode ?? "full") && rateOf(ordered) === said?.bytesPerSecond;
  if (isAsOrdered) return undefined;
  if (said === undefined) return "its host has not confirmed that yet";
  const rate = said.bytesPerSecond === undefined ? "" : `, at most ${formatRate(said.bytesPerSecond)}`;
  const rows = said.rowsPerSecond === undefined ? "" : `, at most ${formatCount(said.rowsPerSecond)} rows/s`;
  return `on its host it is ${said.mode}${rate}${rows}`;
}

function rateOf(setting: ThrottleSetting): number | undefined {
  return setting.mode === "limited" || setting.mode === "automatic" ? setting.bytesPerSecond : undefined;
}
