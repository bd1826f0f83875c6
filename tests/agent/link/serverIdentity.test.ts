import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readEnrolment } from "../../../agent/enrol/enrolment.ts";
import { trustServer } from "../../../agent/trust/trustServer.ts";
import { loadWords } from "../../../agent/words.ts";
import { Digest } from "../../../domain/ids.ts";
import { prepareJobs } from "../../../server/engine/prepareJobs.ts";
import { useTestDatabase } from "../../support/database.ts";
import { nightlyTest } from "../../support/nightly.ts";
import type { TlsHouse } from "../../support/tlsHouse.ts";
import { startTlsHouse } from "../../support/tlsHouse.ts";
import type { Host, RunningAgent } from "./support/host.ts";
import { makeHost } from "./support/host.ts";

const wordsOf = await loadWords();

const database = useTestDatabase(6);
const folder = mkdtempSync(join(tmpdir(), "slackwater-identity-"));
const stateOf = (name: string) => join(folder, name);
const houses = new Set<TlsHouse>();
let host: Host;

beforeAll(async () => prepareJobs(database.ownerUrl, "slackwater_app"));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  host = makeHost();
});
afterEach(async () => {
  await host.clean();
  for (const house of houses) await leave(house);
  await database.db.pool.query("delete from host");
});

async function open(name: string, port = 0): Promise<TlsHouse> {
  const house = await startTlsHouse(database, stateOf(name), port);
  houses.add(house);
  return house;
}

async function leave(house: TlsHouse): Promise<void> {
  houses.delete(house);
  await house.close();
}

const words = (house: TlsHouse) => wordsOf(Digest.parse(house.pin));
const says = (agent: RunningAgent, text: string) => expect.poll(agent.log, { timeout: 20_000 }).toContain(text);
/** How often it said so. */
const connections = (agent: RunningAgent) => agent.log().split("connected to wss://").length - 1;

/** As `slackwater-agent trust server --yes` does it; answers what it said. */
async function trustsServer(movedTo?: string): Promise<string> {
  const said: string[] = [];
  const { stateDir } = host;
  await trustServer({ stateDir, allowInsecureLink: false, movedTo, isCompared: true, say: (text) => said.push(text) });
  return said.join("\n");
}

async function enrolled(house: TlsHouse): Promise<RunningAgent> {
  await host.enrolAt(house.url, await house.token("db-1"));
  return host.start();
}

describe("a host whose server has an authority of its own", () => {
  test("enrols by TLS under the key in the token, connects, and says whom it knows the server by", async () => {
    const house = await open("first");
    const done = await host.cli("enroll", "--server", house.url, "--token", await house.token("db-1"));
    expect([done.err, done.code]).toEqual(["", 0]);
    expect(done.out).toContain(words(house));
    const agent = await host.start();
    await says(agent, `connected to ${house.url.replace("https", "wss")}/agent`);
    expect((await host.cli("status")).out).toContain(`tls key   ${words(house)}`);
    expect(await agent.end()).toBe(0);
    const left = await host.cli("unenroll");
    expect([left.err, left.code]).toEqual(["", 0]);
  });

  test("refuses a server with another key at the same address, names both, says nothing to it, and comes back by itself", async () => {
    const house = await open("first");
    const agent = await enrolled(house);
    await says(agent, "connected to");
    await leave(house);
    const other = await open("second", house.port);
    await says(agent, `Pinned: "${words(house)}". It showed: "${words(other)}".`);
    expect(other.asked).toEqual([]);
    await leave(other);
    // The same authority, and a certificate that is new with a key that is new: a renewal.
    await open("first", house.port);
    await expect.poll(() => connections(agent), { timeout: 20_000 }).toBe(2);
  });

  nightlyTest(
    "goes on at a server whose authority was made anew only when its owner has pinned it, and needs no restart for that",
    async () => {
      const house = await open("moved");
      const agent = await enrolled(house);
      await says(agent, "connected to");
      await leave(house);
      const filter = (path: string) => !path.includes("local-ca");
      cpSync(stateOf("moved"), stateOf("renewed"), { recursive: true, filter });
      const renewed = await open("renewed", house.port);
      await says(agent, "another TLS key than the pinned one");
      const unasked = await host.cli("trust", "server");
      expect(unasked).toMatchObject({ code: 1, err: expect.stringContaining("Compare the words, then say --yes") });
      expect(unasked.out).toContain(`pinned      ${words(house)}\nit shows    ${words(renewed)}`);
      expect(readEnrolment(host.stateDir)?.tlsPin).toBe(house.pin);
      expect(await trustsServer()).toContain("Pinned.");
      await expect.poll(() => connections(agent), { timeout: 20_000 }).toBe(2);
      expect(await trustsServer()).toContain("Nothing was changed");
      await leave(renewed);
      const moved = await open("renewed");
      expect(await trustsServer(moved.url)).toContain("systemctl restart slackwater-agent");
      await agent.end();
      await says(await host.start(), `connected to ${moved.url.replace("https", "wss")}`);
    },
  );

  test("hands its token to nobody but the server that made it", async () => {
    const house = await open("first");
    const other = await open("second");
    const token = await house.token("db-1");
    await expect(host.enrolAt(other.url, token)).rejects.toThrow("another TLS key than the pinned one");
    expect(other.asked).toEqual([]);
    await expect(host.enrolAt(`http://localhost:${house.port}`, token)).rejects.toThrow("reached by TLS");
    expect(readEnrolment(host.stateDir)).toBeUndefined();
  });
});
