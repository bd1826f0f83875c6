import { readFileSync, statSync } from "node:fs";
import { openTerminal } from "../approve/terminal.ts";
import { UsageFailure } from "../report.ts";

/** What a backup is encrypted with: a passphrase, or age recipients, whose identities lie somewhere else. */
export type SealingKey =
  | { readonly kind: "passphrase"; readonly passphrase: string }
  | { readonly kind: "recipients"; readonly recipients: readonly string[] };

/** What it is opened with. */
export type OpeningKey =
  | { readonly kind: "passphrase"; readonly passphrase: string }
  | { readonly kind: "identities"; readonly identities: readonly string[] };

/** What is said of keys on the command line: never a passphrase itself, which every process of the machine could read there. */
export interface KeyWords {
  readonly passphraseFile: string | undefined;
  readonly recipients: readonly string[];
  readonly identity: string | undefined;
}

const SHORTEST = 12;

/** The key to encrypt with; asked for twice at a terminal where none is named. */
export async function sealingKey(words: KeyWords): Promise<SealingKey> {
  if (words.identity !== undefined)
    throw new UsageFailure("A backup is opened with --identity, and made with --recipient.");
  if (words.recipients.length > 0) {
    if (words.passphraseFile !== undefined) throw new UsageFailure("Name a passphrase or recipients, not both.");
    const wrong = words.recipients.find((recipient) => !/^age1[a-z0-9]{20,}$/.test(recipient));
    if (wrong !== undefined)
      throw new UsageFailure(`"${wrong}" is no age recipient such as age1… (age-keygen makes one).`);
    return { kind: "recipients", recipients: words.recipients };
  }
  if (words.passphraseFile !== undefined) return longEnough(secretLines(words.passphraseFile)[0] ?? "");
  const terminal = openTerminal();
  if (terminal === undefined)
    throw new UsageFailure("Say what to encrypt with: --recipient <age1…> or --passphrase-file <file>");
  const passphrase = await terminal.askHidden("Passphrase for this backup: ");
  if ((await terminal.askHidden("The same once more: ")) !== passphrase)
    throw new Error("These are two passphrases. Nothing was written.");
  return longEnough(passphrase);
}

/** The key to open with; the passphrase is asked for at a terminal where none is named. */
export async function openingKey(words: KeyWords): Promise<OpeningKey> {
  if (words.recipients.length > 0)
    throw new UsageFailure("A backup is made with --recipient, and opened with --identity <file>.");
  if (words.identity !== undefined) {
    if (words.passphraseFile !== undefined) throw new UsageFailure("Name a passphrase or an identity, not both.");
    const identities = secretLines(words.identity).filter((line) => line.startsWith("AGE-SECRET-KEY-"));
    if (identities.length === 0)
      throw new Error(`${words.identity} holds no age identity (a line with AGE-SECRET-KEY-…).`);
    return { kind: "identities", identities };
  }
  if (words.passphraseFile !== undefined)
    return { kind: "passphrase", passphrase: secretLines(words.passphraseFile)[0] ?? "" };
  const terminal = openTerminal();
  if (terminal === undefined)
    throw new UsageFailure("Say what to open it with: --identity <file> or --passphrase-file <file>");
  return { kind: "passphrase", passphrase: await terminal.askHidden("Passphrase of this backup: ") };
}

function longEnough(passphrase: string): SealingKey {
  if (passphrase.length < SHORTEST) {
    throw new Error(
      `A passphrase has at least ${SHORTEST} characters: whoever has the file can try as long as they like.`,
    );
  }
  return { kind: "passphrase", passphrase };
}

function secretLines(file: string): readonly string[] {
  if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0) {
    throw new Error(`${file} can be read by others: it is a secret. Run: chmod 600 ${file}`);
  }
  return readFileSync(file, "utf8")
    .split(/\r?\n/)
    .filter((line) => line !== "");
}
