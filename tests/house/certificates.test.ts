import { X509Certificate } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { caFiles } from "../../server/stateFiles.ts";
import type { TlsMaterial } from "../../server/tls/chain.ts";
import { readChain, shown } from "../../server/tls/chain.ts";
import type { TlsSource } from "../../server/tls/identity.ts";
import { openServerIdentity } from "../../server/tls/identity.ts";
import { issueServer, makeAuthority, newKey, permittedNames } from "../../server/tls/issue.ts";

const DAY_MS = 86_400_000;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slackwater-tls-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

/** Opens an identity whose clock the test moves; closed by `using`. */
async function opened(source: TlsSource, names = ["slackwater.example", "localhost"]) {
  const said: string[] = [];
  const renewals: (TlsMaterial | undefined)[] = [];
  const clock = { now: Date.now() };
  const identity = await openServerIdentity({
    source,
    names,
    stateDirectory: folder,
    files: caFiles(folder),
    changed: () => renewals.push(identity.material()),
    now: () => clock.now,
    log: (line) => said.push(line),
    lookEveryMs: 50,
  });
  return { identity, said, renewals, clock, [Symbol.dispose]: () => identity.close() };
}

const own = (material: TlsMaterial | undefined) => new X509Certificate(material?.cert ?? "");

/** Writes a certificate for the files of TLS_CERT and TLS_KEY, of an authority of the test's. */
async function writeGiven(options: {
  authority?: { key: ReturnType<typeof newKey>; certificate: string };
  at?: number;
}) {
  const key = newKey();
  const now = options.at ?? Date.now();
  const authority = options.authority ?? { key, certificate: await makeAuthority(key, ["slackwater.example"], now) };
  const material = await issueServer(authority, ["slackwater.example"], now);
  writeFileSync(at("cert.pem"), material.cert);
  writeFileSync(at("key.pem"), material.key);
  return { authority, material };
}

describe("a local authority", () => {
  test("is made once and kept to the server's account; every start shows a new certificate of it", async () => {
    using first = await opened({ kind: "localCa" });
    using second = await opened({ kind: "localCa" });
    expect(second.identity.pin()).toBe(first.identity.pin());
    expect(second.identity.caCertificate).toBe(first.identity.caCertificate);
    const [a, b] = [own(first.identity.material()), own(second.identity.material())];
    expect(shown(a).key).not.toBe(shown(b).key);
    expect(a.checkHost("slackwater.example") ?? a.checkHost("localhost")).toBeDefined();
    expect(statSync(at("local-ca-key.pem")).mode & 0o777).toBe(0o600);
    // No key of a server is ever on disk: whoever copies the disk has to issue one, and whoever runs it has it anyway.
    expect(existsSync(at("cert.pem"))).toBe(false);
  });

  test("is good for the names of its server, not for addresses or anybody else's name", async () => {
    using made = await opened({ kind: "localCa" });
    const [certificate, root] = readChain(made.identity.material()?.cert ?? "");
    expect(permittedNames(root?.toString() ?? "")).toEqual(["slackwater.example", "localhost"]);
    expect(certificate?.checkIssued(root ?? certificate)).toBe(true);
    expect(certificate?.verify(root?.publicKey ?? certificate.publicKey)).toBe(true);
    expect(root?.toString()).toBe(made.identity.caCertificate);
  });

  test("takes a new name with the same key, so that hosts notice nothing", async () => {
    using before = await opened({ kind: "localCa" });
    using after = await opened({ kind: "localCa" }, ["moved.example", "slackwater.example", "localhost"]);
    expect(after.identity.caCertificate).not.toBe(before.identity.caCertificate);
    expect(after.identity.pin()).toBe(before.identity.pin());
    using again = await opened({ kind: "localCa" }, ["moved.example", "localhost"]);
    expect(again.identity.caCertificate).toBe(after.identity.caCertificate);
  });

  test("renews the server's certificate before it ends, without a restart", async () => {
    using made = await opened({ kind: "localCa" });
    const first = own(made.identity.material());
    made.clock.now = first.validToDate.getTime() - 9 * DAY_MS;
    await expect.poll(() => made.renewals.length, { timeout: 8_000 }).toBe(1);
    const second = own(made.identity.material());
    expect(second.validToDate.getTime() - made.clock.now).toBeGreaterThan(29 * DAY_MS);
    expect(made.renewals[0]).toBe(made.identity.material());
  });

  test("is not opened while others can read its key", async () => {
    (await opened({ kind: "localCa" })).identity.close();
    chmodSync(at("local-ca-key.pem"), 0o644);
    await expect(opened({ kind: "localCa" })).rejects.toThrow(`chmod 600 ${at("local-ca-key.pem")}`);
  });
});

describe("a given certificate", () => {
  const given = () => ({ kind: "given", certFile: at("cert.pem"), keyFile: at("key.pem") }) as const;

  test("that is renewed on disk counts within seconds; half a renewal changes nothing", async () => {
    const { authority } = await writeGiven({});
    using made = await opened(given());
    const first = made.identity.material();
    const pin = made.identity.pin();
    const oldKey = readFileSync(at("key.pem"), "utf8");
    const { material } = await writeGiven({ authority });
    writeFileSync(at("key.pem"), oldKey);
    await expect.poll(() => made.said.join("\n"), { timeout: 8_000 }).toContain("does not belong to");
    expect(made.identity.material()).toBe(first);
    writeFileSync(at("key.pem"), material.key);
    await expect.poll(() => made.identity.material(), { timeout: 8_000 }).toEqual(material);
    expect(made.renewals).toEqual([material]);
    // The same root: hosts go on.
    expect(made.identity.pin()).toBe(pin);
    expect(made.said.join("\n")).not.toContain("trust server");
  });

  test("with another key says which command the hosts' owners need", async () => {
    await writeGiven({});
    using made = await opened(given());
    await writeGiven({});
    await expect.poll(() => made.said.join("\n"), { timeout: 8_000 }).toContain("slackwater-agent trust server");
  });

  test("that is for another name, or near its end, is said so in the log", async () => {
    await writeGiven({ at: Date.now() - 20 * DAY_MS });
    using made = await opened(given(), ["elsewhere.example"]);
    expect(made.said.join("\n")).toContain("is not for elsewhere.example");
    expect(made.said.join("\n")).toContain("renew it");
  });

  test.each([
    ["is not there", () => rmSync(at("cert.pem")), "can't be read (ENOENT)"],
    ["holds no certificate", () => writeFileSync(at("cert.pem"), "nothing"), "holds no certificate"],
    ["has no key that can be read", () => writeFileSync(at("key.pem"), "nothing"), "holds no key"],
  ])("that %s stops the start in words", async (_what, spoil, words) => {
    await writeGiven({});
    spoil();
    await expect(opened(given())).rejects.toThrow(words);
  });
});

describe("behind a proxy", () => {
  test("the pin is the proxy's, from its certificate, and there is none where that was not named", async () => {
    const { authority } = await writeGiven({});
    using named = await opened({ kind: "proxy", certFile: at("cert.pem") });
    expect(named.identity.pin()).toBe(shown(new X509Certificate(authority.certificate)).key);
    expect(named.identity.material()).toBeUndefined();
    using unnamed = await opened({ kind: "proxy", certFile: undefined });
    expect(unnamed.identity.pin()).toBeUndefined();
  });
});
