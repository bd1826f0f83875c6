import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

/** The mapping table of a device-mapper device; the key of a crypt target is shown as zeroes. */
export function dmTableCall(name: string): ToolCall {
  return {
    file: "dmsetup",
    args: ["table", "--", name],
    debianPackage: "dmsetup",
    failureOf: failureBy({}, [
      { says: /control: open failed|device-mapper driver/, means: "kernelLacksModule" },
      { says: /does not exist|No such device/, means: "deviceMissing" },
    ]),
  };
}

/** Asks the kernel's device-mapper for its version: it fails where there is none, or none that we may use. */
export function dmVersionCall(): ToolCall {
  return {
    file: "dmsetup",
    args: ["version"],
    debianPackage: "dmsetup",
    failureOf: failureBy({ 1: "kernelLacksModule" }),
  };
}

/** A target of a mapping: `crypt` with its cipher and the device below, or another kind. */
export interface DmTarget {
  readonly kind: string;
  readonly cipher?: string;
  /** The device below as `major:minor`. */
  readonly below?: string;
}

/** Reads `dmsetup table`: `0 2048 crypt aes-xts-plain64 :64:… 0 7:0 32768`. */
export function parseDmTable(output: string): readonly DmTarget[] {
  return output
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([start, length, kind]) => /^\d+$/.test(start ?? "") && /^\d+$/.test(length ?? "") && kind !== undefined)
    .map(([, , kind = "", ...rest]) => {
      const below = rest.find((word) => /^\d+:\d+$/.test(word));
      return {
        kind,
        ...(kind === "crypt" && rest[0] !== undefined ? { cipher: rest[0] } : {}),
        ...(below === undefined ? {} : { below }),
      };
    });
}
