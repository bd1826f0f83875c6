import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

/** The descriptor from which the passphrase is read. */
export const PASS_FD = 3;

const failureOf = failureBy({}, [
  { says: /bad decrypt|bad magic number|error reading input/, means: "backupUnreadable" },
]);

/** AES-256-CBC with PBKDF2: standard input to standard output. CBC alone proves nothing about the end: callers read to it. */
export function opensslCall(direction: "encrypt" | "decrypt", iterations: number): ToolCall {
  return {
    file: "openssl",
    args: [
      "enc",
      ...(direction === "decrypt" ? ["-d"] : ["-salt"]),
      "-aes-256-cbc",
      "-pbkdf2",
      "-iter",
      String(iterations),
      "-md",
      "sha256",
      "-pass",
      `fd:${PASS_FD}`,
    ],
    debianPackage: "openssl",
    failureOf,
  };
}
