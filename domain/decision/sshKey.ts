import { z } from "zod";
import { asciiOf, bytesOfBase64, onlyStrings, takeStrings } from "./sshWire.ts";

/** Least length of an RSA key, in bits: what NIST SP 800-57 asks of keys that are used beyond 2030. */
const RSA_LEAST_BITS = 3072;

/** The kinds of SSH keys that can sign decisions, and of how many strings each consists. */
const TYPES: ReadonlyMap<string, { readonly strings: number; readonly isPlausible: (parts: Parts) => boolean }> =
  new Map([
    ["ssh-ed25519", { strings: 2, isPlausible: ([, key]) => key?.length === 32 }],
    ["sk-ssh-ed25519@openssh.com", { strings: 3, isPlausible: ([, key]) => key?.length === 32 }],
    ["ecdsa-sha2-nistp256", { strings: 3, isPlausible: isP256Point }],
    ["sk-ecdsa-sha2-nistp256@openssh.com", { strings: 4, isPlausible: isP256Point }],
    ["ssh-rsa", { strings: 3, isPlausible: ([, e, n]) => e !== undefined && n !== undefined }],
  ]);

type Parts = readonly Uint8Array[];

/** A public key read from a line, or in words what to paste instead. */
type ReadKey = { readonly ok: true; readonly key: SshPublicKey } | { readonly ok: false; readonly problem: string };

/**
 * Reads a line as it stands in a `.pub` file: type, base64, comment. The comment is dropped. Options before the type
 * (authorized_keys) are refused, and so is a private key, in words that say what it means that one was given.
 */
export function readSshKey(line: string): ReadKey {
  const wrong = (problem: string): ReadKey => ({ ok: false, problem });
  if (/PRIVATE KEY/.test(line)) {
    return wrong(
      "This is the private half of a key, which must never leave its machine. Make a new key, and paste its .pub file.",
    );
  }
  const [type = "", base64 = ""] = line.trim().split(/[ \t]+/, 2);
  if (/[\r\n]/.test(line.trim())) return wrong("Paste one line: that of one public key.");
  const known = TYPES.get(type);
  if (known === undefined) {
    return wrong(
      `Paste the line of a .pub file that begins with ${[...TYPES.keys()].join(", ")}: other kinds of keys are not taken.`,
    );
  }
  const bytes = bytesOfBase64(base64);
  const parts = bytes === undefined ? undefined : onlyStrings(bytes, known.strings);
  if (parts?.[0] === undefined || asciiOf(parts[0]) !== type || !known.isPlausible(parts)) {
    return wrong("The key in this line is damaged or cut off. Copy the whole line of the .pub file again.");
  }
  if (type === "ssh-rsa" && bitsOf(parts[2]) < RSA_LEAST_BITS) {
    return wrong(
      `This RSA key has ${bitsOf(parts[2])} bits and at least ${RSA_LEAST_BITS} are needed. Make one with: ssh-keygen -t ed25519`,
    );
  }
  return { ok: true, key: Canonical.parse(`${type} ${base64}`) };
}

/** Marks what was just read; `SshPublicKey` would read it again. */
const Canonical = z.string().max(4000).brand<"SshPublicKey">();
export type SshPublicKey = z.infer<typeof Canonical>;

/**
 * A public SSH key as `type base64`, without a comment: one text for one key. Of a decision that is read again: anything else is
 * refused and not mended.
 */
export const SshPublicKey = Canonical.refine((text) => {
  const read = readSshKey(text);
  return read.ok && read.key === text;
}, "an SSH public key: type and base64");

/** A public key as a person pastes it, with its comment; becomes the key alone. The messages are for that person. */
export const PastedSshKey = z
  .string()
  .max(8000, "This is too long for a public key. Paste the one line of the .pub file.")
  .transform((line, context): SshPublicKey => {
    const read = readSshKey(line);
    if (read.ok) return read.key;
    context.addIssue({ code: "custom", message: read.problem });
    return z.NEVER;
  });

/** The type of a key, such as `ssh-ed25519`. */
export function sshKeyType(key: SshPublicKey): string {
  return key.slice(0, key.indexOf(" "));
}

/** The key's own bytes, in base64: their SHA-256 is what `ssh-keygen -l` shows. */
export function sshKeyBase64(key: SshPublicKey): string {
  return key.slice(key.indexOf(" ") + 1);
}

/**
 * True for a key that lies in a file or an agent, where whoever can read the person's account can sign; false for one in a security
 * key (`sk-…`), which signs only when it is touched.
 */
export function isSoftwareKey(key: SshPublicKey): boolean {
  return !key.startsWith("sk-");
}

/** A point of P-256 as OpenSSH writes it: uncompressed. */
function isP256Point([, curve, point]: Parts): boolean {
  return curve !== undefined && asciiOf(curve) === "nistp256" && point?.length === 65 && point[0] === 4;
}

/** Length of a positive number, in bits; leading zeros don't count. */
function bitsOf(number: Uint8Array | undefined): number {
  const from = number?.findIndex((byte) => byte !== 0) ?? -1;
  const first = number?.[from];
  if (number === undefined || first === undefined) return 0;
  return (number.length - from) * 8 - Math.clz32(first) + 24;
}

/** The key that a key's bytes are of: the form in which a signature names it. Undefined for kinds that are not taken. */
export function sshKeyOfBytes(bytes: Uint8Array): SshPublicKey | undefined {
  const [type] = takeStrings(bytes, 1)?.strings ?? [];
  if (type === undefined) return undefined;
  const read = readSshKey(`${asciiOf(type)} ${btoa(String.fromCharCode(...bytes))}`);
  return read.ok ? read.key : undefined;
}
