import { execFileSync } from "node:child_process";
import type { KeyObject } from "node:crypto";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SshPublicKey } from "../../domain/decision/sshKey.ts";
import type { SshKeyQuestion } from "../../protocol/http/identity.ts";
import type { PersonClient } from "../../scripts/demo/personClient.ts";

/** A key that signs as `ssh-keygen -Y sign` does. */
export interface SshKey {
  readonly publicKey: SshPublicKey;
  /** The signature over a text in its armour, without the line feed behind it. */
  sign(text: string, namespace?: string): string;
}

/** A key that ssh-keygen made, in files `<folder>/<name>` and `<name>.pub`, without a passphrase unless one is given. */
export function makeSshKey(
  folder: string,
  name: string,
  how: { readonly type?: readonly string[]; readonly passphrase?: string } = {},
): SshKey & { readonly file: string } {
  const file = join(folder, name);
  const { type = ["ed25519"], passphrase = "" } = how;
  execFileSync("ssh-keygen", ["-q", "-t", ...type, "-N", passphrase, "-C", `${name}@laptop`, "-f", file]);
  const [algorithm, base64] = readFileSync(`${file}.pub`, "utf8").split(" ");
  return {
    file,
    publicKey: SshPublicKey.parse(`${algorithm} ${base64}`),
    sign: (text, namespace = "slackwater") =>
      execFileSync("ssh-keygen", ["-Y", "sign", "-n", namespace, "-f", file], { input: text, stdio: "pipe" })
        .toString()
        .trimEnd(),
  };
}

/** Puts a key on record, proven as its person would. */
export async function registerSshKey(
  client: PersonClient,
  name: string,
  { publicKey, sign: signText }: SshKey,
  namespace = "slackwater-key",
): Promise<void> {
  const { challengeId, text } = await client.get<SshKeyQuestion>("/api/ssh-keys");
  await client.post("/api/ssh-keys", { challengeId, name, publicKey, signature: signText(text, namespace) });
}

/**
 * A security key (sk-ssh-ed25519) held by a program, for tests: no machine of ours has a real one. ssh-keygen checks its signatures as
 * those of any other (OpenSSH's PROTOCOL.u2f). `isTouched` false: as with a key that was made not to ask for a touch.
 */
export function makeSecurityKey(isTouched = true): SshKey {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  const type = "sk-ssh-ed25519@openssh.com";
  const key = Buffer.concat([string(type), string(raw), string("ssh:")]);
  return {
    publicKey: SshPublicKey.parse(`${type} ${key.toString("base64")}`),
    sign: (text, namespace = "slackwater") => {
      const digest = createHash("sha512").update(text).digest();
      const subject = [string(namespace), string(""), string("sha512")];
      const signed = Buffer.concat([Buffer.from("SSHSIG"), ...subject, string(digest)]);
      const signature = Buffer.concat([string(type), ...touched(signed, privateKey, isTouched)]);
      const version = Buffer.from([0, 0, 0, 1]);
      return armoured(Buffer.concat([Buffer.from("SSHSIG"), version, string(key), ...subject, string(signature)]));
    },
  };
}

/** What a security key answers: the signature over application, flags, counter and text; then flags and counter. */
function touched(text: Buffer, privateKey: KeyObject, isTouched: boolean): readonly Buffer[] {
  const sha256 = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest();
  const flagsAndCounter = Buffer.from([isTouched ? 1 : 0, 0, 0, 0, 7]);
  const signed = Buffer.concat([sha256("ssh:"), flagsAndCounter, sha256(text)]);
  return [string(sign(null, signed, privateKey)), flagsAndCounter];
}

function string(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function armoured(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN SSH SIGNATURE-----", ...lines, "-----END SSH SIGNATURE-----"].join("\n");
}
