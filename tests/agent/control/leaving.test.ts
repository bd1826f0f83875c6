import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadIdentity } from "../../../agent/identity.ts";
import { openJournal } from "../../../agent/journal/journal.ts";
import { RunId, TaskId } from "../../../domain/ids.ts";
import { Instant } from "../../../domain/time.ts";
import { host, server, useServerAndHost } from "../link/support/serverAndHost.ts";

useServerAndHost();

const RUN = RunId.parse("3f0b8a52-1111-4222-8333-444455556666");
const now = () => Instant.parse(Date.now());

/** A journal in which a change was begun, and ended as it is said; its run goes on. */
async function changeBegun(hasEnded: boolean): Promise<void> {
  const journal = await openJournal(join(host.stateDir, "journal"), { now });
  const taskId = TaskId.parse(`${RUN}.copy.1`);
  const order = { taskId, action: "files.copy", arguments: {}, inspectFirst: false, withinMs: 1_000, secretNames: [] };
  await journal.begin(order);
  const at = now();
  if (hasEnded)
    await journal.end(taskId, { outcome: "succeeded", startedAt: at, endedAt: at, outputBytes: 0, result: {} });
  await journal.close();
}

describe("the owner who takes a host off the list", () => {
  test("leaves no key behind, on the host and at the server; the journal stays, and nobody else's file is touched", async () => {
    const keys = join(host.base, "keys");
    mkdirSync(keys, { mode: 0o700 });
    writeFileSync(join(keys, `${RUN}.key`), "a run's key");
    writeFileSync(join(keys, "somebody's"), "not ours");
    host.configure({ runKeys: { directory: keys, allowDisk: true } });
    await host.enrolAt(server.url, server.token());
    const agent = await host.start();
    await server.until("it is connected", () => server.isConnected);

    const whileItRuns = await host.cli("unenroll");
    expect([whileItRuns.code, whileItRuns.err]).toEqual([
      1,
      expect.stringContaining("systemctl stop slackwater-agent"),
    ]);
    expect(loadIdentity(host.stateDir)).toBeDefined();

    await agent.end();
    const done = await host.cli("unenroll");
    expect([done.code, done.err]).toEqual([0, ""]);
    expect(done.out).toContain(`no longer enrolled at ${server.url}`);
    expect(server.left).toHaveLength(1);
    expect(readdirSync(host.stateDir)).toEqual(["journal"]);
    expect(readdirSync(join(host.stateDir, "journal"))).toEqual(["journal.log"]);
    expect(readdirSync(keys)).toEqual(["somebody's"]);
    expect((await host.cli("unenroll")).err).toContain("not enrolled");
    // Enrolled anew it is another host, with another key.
    expect((await host.cli("enroll", "--server", server.url, "--token", server.token())).code).toBe(0);
  });

  test("is refused while a window is open, unless it is forced", async () => {
    await host.enrolAt(server.url, server.token());
    await changeBegun(true);
    const refused = await host.cli("unenroll");
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining(`window open  run ${RUN}`)]);
    expect(server.left).toEqual([]);
    expect((await host.cli("unenroll", "--force")).code).toBe(0);
    expect(server.left).toHaveLength(1);
  });

  test("is refused while a task's end is not known, forced or not", async () => {
    await host.enrolAt(server.url, server.token());
    await changeBegun(false);
    const refused = await host.cli("unenroll", "--force");
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("Start the agent and wait")]);
    expect(loadIdentity(host.stateDir)).toBeDefined();
  });

  test("keeps everything when the server can't be told, and says how to go on without it", async () => {
    await host.enrolAt(server.url, server.token());
    await server.close();
    const refused = await host.cli("unenroll");
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("Nothing was removed.")]);
    expect(loadIdentity(host.stateDir)).toBeDefined();
    const forced = await host.cli("unenroll", "--force");
    expect([forced.code, forced.out]).toEqual([0, expect.stringContaining("Revoke this host on the Hosts page.")]);
    expect(loadIdentity(host.stateDir)).toBeUndefined();
  });
});
