import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createBench, makeRoom } from "./support/bench.ts";
import type { LocalSshd } from "./support/localSshd.ts";
import { hasSshd, startSshd } from "./support/localSshd.ts";

if (!hasSshd) console.warn("SKIPPED, backup.ship: Debian's openssh-server is not installed");

describe.skipIf(!hasSshd)("a backup that is kept at a real sshd too", () => {
  let room: string;
  let sshd: LocalSshd;
  let path: string;
  const bytes = randomBytes(2_000_000);
  beforeAll(async () => {
    room = makeRoom();
    sshd = await startSshd(room);
  });
  afterAll(async () => {
    await sshd?.end();
    rmSync(room, { recursive: true, force: true });
  });
  beforeEach(() => {
    for (const name of readdirSync(sshd.directory)) rmSync(join(sshd.directory, name), { recursive: true });
    path = join(room, "daily-it's a $(touch x)-20261130T020000Z.sql.gz.enc");
    writeFileSync(path, bytes);
  });
  const there = () => join(sshd.directory, path.slice(room.length + 1));
  const args = (changes: object = {}) => ({ path, machine: { ...sshd.target, ...changes } });

  test("is equal when it was read again there, is its account's alone, and is not sent twice", async () => {
    const bench = createBench();
    expect((await bench.inspect("backup.ship", args())).state).toBe("notBegun");
    const result = await bench.run("backup.ship", args());
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(result).toMatchObject({ is_equal: true, size_bytes: bytes.length, sha256 });
    expect(readFileSync(there()).equals(bytes)).toBe(true);
    expect(statSync(there()).mode & 0o777).toBe(0o600);
    expect(readdirSync(sshd.directory)).toHaveLength(1);
    expect(bench.progress.at(-1)).toMatchObject({ done: bytes.length, total: bytes.length });
    expect(await bench.inspect("backup.ship", args())).toMatchObject({ state: "done", result: { sha256 } });
  });

  test("that was spoilt there is found, though size and time are right, and sent again", async () => {
    const bench = createBench();
    await bench.run("backup.ship", args());
    const { atime, mtime } = statSync(there());
    const spoilt = Buffer.from(bytes);
    spoilt[1_999_999] = (spoilt[1_999_999] ?? 0) ^ 1;
    writeFileSync(there(), spoilt);
    utimesSync(there(), atime, mtime);
    expect((await bench.inspect("backup.ship", args())).state).toBe("notBegun");
    expect(await bench.run("backup.ship", args())).toMatchObject({ is_equal: true });
    expect(readFileSync(there()).equals(bytes)).toBe(true);
  });

  test("does not go to a machine with another host key, nor without the key, nor where nobody listens", async () => {
    for (const changes of [
      { knownHosts: sshd.wrongKnownHosts },
      { identity: sshd.otherIdentity },
      { port: 1 },
      { knownHosts: join(room, "no-such-file") },
    ]) {
      const failure = await createBench().fails("backup.ship", args(changes));
      expect(failure.code, JSON.stringify(changes)).toBe("offSiteUnavailable");
    }
    expect(readdirSync(sshd.directory)).toEqual([]);
  });

  test("needs its folder there, and its file here", async () => {
    const elsewhere = args({ folder: `${sshd.directory}/no/such` });
    expect((await createBench().fails("backup.ship", elsewhere)).code).toBe("objectMissing");
    rmSync(path);
    expect((await createBench().fails("backup.ship", args())).code).toBe("deviceMissing");
  });
});
