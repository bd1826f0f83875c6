import type { Signature } from "./statement.ts";

/** How a decision was signed, for people: `a passkey` without its article. What a program holds is always marked as such. */
export function signedWith(kind: Signature["kind"], isProgramsKey: boolean): string {
  switch (kind) {
    case "passkey":
      return isProgramsKey ? "software passkey" : "passkey";
    case "ssh":
      return isProgramsKey ? "SSH key in software" : "SSH security key";
    default:
      return kind satisfies never;
  }
}
