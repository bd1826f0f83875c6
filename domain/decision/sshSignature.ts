import { z } from "zod";
import type { SshPublicKey } from "./sshKey.ts";
import { isSoftwareKey, sshKeyBase64, sshKeyOfBytes, sshKeyType } from "./sshKey.ts";
import { asciiOf, bytesOfBase64, onlyStrings, takeStrings, uint32At } from "./sshWire.ts";

/**
 * What an SSH signature is for. A decision is signed in the one, the proof that a person holds a key in the other, and neither can
 * stand for the other: else a stolen server could ask for a "proof" whose text is a GO.
 */
export const SSH_NAMESPACES = { decision: "slackwater", keyProof: "slackwater-key" } as const;
export type SshNamespace = (typeof SSH_NAMESPACES)[keyof typeof SSH_NAMESPACES];

const ARMOUR = /^-----BEGIN SSH SIGNATURE-----\n((?:[A-Za-z0-9+/=]{1,76}\n)+)-----END SSH SIGNATURE-----$/;

/** A signature as `ssh-keygen -Y sign` writes it, without what stands around it. 12,000 characters hold that of the longest RSA key. */
export const ArmouredSignature = z
  .string()
  .max(12_000, "This is too long for a signature of ssh-keygen.")
  .transform((text) => text.replaceAll("\r\n", "\n").trim())
  .refine((text) => ARMOUR.test(text), {
    message:
      "Paste all that ssh-keygen wrote, from -----BEGIN SSH SIGNATURE----- to -----END SSH SIGNATURE-----, both lines included.",
  });

/** What a signature says of itself. Nothing of it is proven before ssh-keygen has checked it. */
interface SshSignature {
  readonly key: SshPublicKey | undefined;
  readonly namespace: string;
  /** Of a security key: whether it says that it was touched. Undefined for other keys. */
  readonly isTouched: boolean | undefined;
}

/** The flag of a security key that somebody was there and touched it (FIDO's user presence). */
const TOUCHED = 0x01;

/** Takes a signature apart (OpenSSH's PROTOCOL.sshsig); undefined for what is none. */
export function readSshSignature(armoured: string): SshSignature | undefined {
  const base64 = ARMOUR.exec(armoured)?.[1]?.replaceAll("\n", "");
  const bytes = base64 === undefined ? undefined : bytesOfBase64(base64);
  if (bytes === undefined || asciiOf(bytes.subarray(0, 6)) !== "SSHSIG" || uint32At(bytes, 6) !== 1) return undefined;
  const [key, namespace, , , signature] = onlyStrings(bytes.subarray(10), 5) ?? [];
  if (key === undefined || namespace === undefined || signature === undefined) return undefined;
  // Format and value; those of a security key are followed by one byte of flags and its counter.
  const rest = takeStrings(signature, 2)?.rest;
  if (rest === undefined || (rest.length !== 0 && rest.length !== 5)) return undefined;
  const [flags] = rest;
  const isTouched = flags === undefined ? undefined : (flags & TOUCHED) !== 0;
  return { key: sshKeyOfBytes(key), namespace: asciiOf(namespace), isTouched };
}

/**
 * Why a signature can't be this key's for this purpose, as a clause; undefined where ssh-keygen has to say. It says only "could not
 * verify", and it takes one of a security key that nobody touched.
 */
export function sshSignatureProblem(
  signed: { readonly publicKey: SshPublicKey; readonly signature: string },
  namespace: SshNamespace,
): string | undefined {
  const read = readSshSignature(signed.signature);
  if (read === undefined) return "it is no signature of ssh-keygen";
  if (read.key !== signed.publicKey) return "it was made with another key";
  if (read.namespace !== namespace) return `it was made for "${read.namespace}" and not for "${namespace}"`;
  if (!isSoftwareKey(signed.publicKey) && read.isTouched !== true) return "nobody touched the security key";
  return undefined;
}

/** Who the one key in the list of allowed signers is for ssh-keygen. Whose it is was found out before, by the key. */
const SIGNER = "approver";

/** The list of allowed signers (ssh-keygen(1)) that takes this key alone, and for this purpose alone. */
export function allowedSigners(key: SshPublicKey, namespace: SshNamespace): string {
  return `${SIGNER} namespaces="${namespace}" ${sshKeyType(key)} ${sshKeyBase64(key)}\n`;
}

/** The arguments with which ssh-keygen checks a signature over its standard input. It ends with 0 only when it holds. */
export function sshVerifyArgs(
  files: { readonly allowedSigners: string; readonly signature: string },
  namespace: SshNamespace,
): readonly string[] {
  return ["-Y", "verify", "-f", files.allowedSigners, "-I", SIGNER, "-n", namespace, "-s", files.signature];
}
