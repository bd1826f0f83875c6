import { existsSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadIdentity } from "../../../agent/identity.ts";
import { statePaths } from "../../../agent/stateDirectory.ts";
import { loadWords } from "../../../agent/words.ts";
import { nightlyTest } from "../../support/nightly.ts";
import { host, server, useServerAndHost } from "../link/support/serverAndHost.ts";

const wordsOf = await loadWords();

useServerAndHost();

const fingerprint = () => loadIdentity(host.stateDir)!.fingerprint;

describe("a host that takes another key", () => {
  test("is let in with the new one, under the same name, and the old one is gone from it", async () => {
    await host.enrolAt(server.url, server.token());
    const before = fingerprint();
    const done = await host.cli("rotate-key");
    expect([done.code, done.err]).toEqual([0, ""]);
    expect(fingerprint()).not.toBe(before);
    expect(done.out).toContain(wordsOf(fingerprint()));
    const { identity, nextIdentity } = statePaths(host.stateDir);
    expect(statSync(identity).mode & 0o777).toBe(0o600);
    expect(existsSync(nextIdentity)).toBe(false);

    const agent = await host.start();
    await server.until("it is connected", () => server.isConnected);
    const whileItRuns = await host.cli("rotate-key");
    expect([whileItRuns.code, whileItRuns.err]).toEqual([
      1,
      expect.stringContaining("systemctl stop slackwater-agent"),
    ]);
    await agent.end();
  });

  test("whose answer was lost comes to its end by the same command", async () => {
    await host.enrolAt(server.url, server.token());
    const before = fingerprint();
    server.manners.losesAnswers = true;
    expect((await host.cli("rotate-key")).code).toBe(1);
    // The server knows the new key by now, and this host does not know that it does.
    expect(fingerprint()).toBe(before);
    server.manners.losesAnswers = false;
    const again = await host.cli("rotate-key");
    expect([again.code, again.err]).toEqual([0, ""]);
    await host.start();
    await server.until("it is connected", () => server.isConnected);
  });

  nightlyTest("keeps its key when the server can't be reached, and says so", async () => {
    await host.enrolAt(server.url, server.token());
    const before = fingerprint();
    await server.close();
    const refused = await host.cli("rotate-key");
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("can't be reached")]);
    expect(fingerprint()).toBe(before);
  });
});
