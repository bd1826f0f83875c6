import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

const failureOf = failureBy({}, [
  {
    says: /decryption failed|no valid OpenPGP data found|decrypt_message failed|message has been manipulated|invalid packet|unexpected end of/i,
    means: "backupUnreadable",
  },
]);

/** Nothing of anybody's: no home, no settings, no keys, no agent that would keep the passphrase, no question on a terminal. */
const ALONE = [
  "--batch",
  "--no-tty",
  "--no-options",
  "--homedir",
  "/nonexistent",
  "--no-keyring",
  "--no-autostart",
  "--no-random-seed-file",
  "--lock-never",
  "--trust-model",
  "always",
  "--pinentry-mode",
  "loopback",
  "--no-symkey-cache",
];

/** As many rounds between passphrase and key as OpenPGP can say (RFC 9580, 3.7.1.3). */
const MOST_ROUNDS = "65011712";

/**
 * OpenPGP with a passphrase, AES-256: standard input to standard output. What is packed already is not packed again. Unlike openssl's, the end of
 * it proves that nothing was changed, which gpg says when it has come there: callers read to it.
 */
export function gpgCall(direction: "encrypt" | "decrypt", passphraseFd: number): ToolCall {
  const how =
    direction === "decrypt"
      ? ["--decrypt"]
      : [
          ...["--symmetric", "--cipher-algo", "AES256", "--compress-algo", "none"],
          ...["--s2k-mode", "3", "--s2k-digest-algo", "SHA512", "--s2k-count", MOST_ROUNDS],
        ];
  return {
    file: "gpg",
    args: [...ALONE, "--passphrase-fd", String(passphraseFd), ...how],
    debianPackage: "gpg",
    failureOf,
  };
}
