import { expect, test } from "vitest";
import { PastedSshKey, readSshKey } from "./sshKey.ts";
import { readSshSignature } from "./sshSignature.ts";

const REAL = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIHA1fUfDtu7A0CTvIPmhrVgmdBo4Xlz0q4qTDALNzkq";
const SIGNED = `-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAggcDV9R8O27sDQJO8g+aGtWCZ0G
jheXPSripMMAs3OSoAAAAKc2xhY2t3YXRlcgAAAAAAAAAGc2hhNTEyAAAAUwAAAAtzc2gt
ZWQyNTUxOQAAAEBCO9faWp7iOSWDMetGcRMdJBYjhtRrYOCJTj8WX14rgZwz+pvwSjIqSg
AUUMK16gkBCJdfXrXeYNnVFU59Q3EN
-----END SSH SIGNATURE-----`;

/** A public key's line of these parts, as OpenSSH would write it. */
function lineOf(type: string, ...parts: readonly (string | Uint8Array)[]): string {
  const strings = [type, ...parts].map((part) => {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  });
  return `${type} ${Buffer.concat(strings).toString("base64")}`;
}
const number = (bits: number) => Uint8Array.from({ length: bits / 8 + 1 }, (_, at) => (at === 1 ? 0x80 : 0));
const point = Uint8Array.from({ length: 65 }, () => 4);

test("a pasted key is known by its type and bytes, whatever stands behind them", () => {
  for (const line of [REAL, `${REAL} anna@laptop`, `  ${REAL}\tAnna's laptop, 2026\n`]) {
    expect(readSshKey(line)).toEqual({ ok: true, key: REAL });
  }
});

test("keys of every kind that is taken are read, and no other", () => {
  const key = new Uint8Array(32);
  for (const line of [
    lineOf("ssh-ed25519", key),
    lineOf("sk-ssh-ed25519@openssh.com", key, "ssh:"),
    lineOf("ecdsa-sha2-nistp256", "nistp256", point),
    lineOf("sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", point, "ssh:"),
    lineOf("ssh-rsa", Uint8Array.of(1, 0, 1), number(3072)),
  ]) {
    expect(readSshKey(line)).toEqual({ ok: true, key: line });
  }
  const refused: readonly (readonly [line: string, words: string])[] = [
    ["", "Paste the line of a .pub file"],
    [lineOf("ssh-dss", key), "other kinds of keys are not taken"],
    [lineOf("ecdsa-sha2-nistp384", "nistp384", point), "other kinds of keys are not taken"],
    [`command="rm -rf /" ${REAL}`, "Paste the line of a .pub file"],
    [lineOf("ssh-rsa", Uint8Array.of(1, 0, 1), number(2048)), "has 2048 bits and at least 3072 are needed"],
    [lineOf("ssh-ed25519", key.subarray(1)), "damaged or cut off"],
    [lineOf("ecdsa-sha2-nistp256", "nistp384", point), "damaged or cut off"],
    [REAL.slice(0, -4), "damaged or cut off"],
    [`${REAL}AAAA`, "damaged or cut off"],
    [`ssh-rsa ${REAL.split(" ")[1]}`, "damaged or cut off"],
    [`${REAL}\n${REAL}`, "one line"],
    ["-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n", "private half"],
  ];
  for (const [line, words] of refused) {
    const read = readSshKey(line);
    expect([line, read.ok ? "taken" : read.problem]).toEqual([line, expect.stringContaining(words)]);
  }
  expect(PastedSshKey.safeParse("nonsense").error?.issues[0]?.message).toContain(".pub file");
});

test("a signature says which key made it, and for what", () => {
  expect(readSshSignature(SIGNED)).toEqual({ key: REAL, namespace: "slackwater", isTouched: undefined });
  const changed = [SIGNED.slice(0, -1), SIGNED.replace("U1NI", "U2NI"), SIGNED.replace("Q3EN\n", "\n"), "", "SSHSIG"];
  for (const text of changed) expect([text, readSshSignature(text)]).toEqual([text, undefined]);
});
