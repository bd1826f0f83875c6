import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadIdentity } from "../../../agent/identity.ts";
import { EMPTY_HEAD } from "../../../domain/run/chain.ts";
import { besideSample, chained } from "../../support/packOfSample.ts";
import { SampleRun } from "../../support/sampleRun.ts";
import { connected } from "./support/host.ts";
import { host, server, useServerAndHost } from "./support/serverAndHost.ts";

useServerAndHost();

const held = () => server.frames.flatMap((frame) => (frame.type === "packsHeld" ? [frame.packs] : []));

test("a pack lies on the host as a page to be read, status names it, a restart keeps it, and it goes with its run", async () => {
  const agent = await connected(server, host);
  const { fingerprint } = loadIdentity(host.stateDir)!;
  const run = new SampleRun(undefined, undefined, undefined, fingerprint).approve();
  const { runId } = run.state;
  const events = chained(run);
  const last = events.at(-1)!;
  await server.until("it has said what it holds", () => held().length === 1);
  expect(held()[0]).toEqual([]);
  server.send({ type: "packAbout", runId, ...besideSample(run) });
  server.send({ type: "packEvents", runId, after: EMPTY_HEAD, events });
  const page = join(host.stateDir, "packs", runId, "pack.html");
  await expect.poll(() => existsSync(page), { timeout: 10_000 }).toBe(true);
  const text = readFileSync(page, "utf8");
  expect(text).toContain("slackwater-agent run --local");
  expect(text).toContain("Put the directory back");
  const { out } = await host.cli("status");
  expect(out).toContain(
    `pack      run ${runId} (Move <the> directory), ${last.seq} events: ${join(host.stateDir, "packs")}`,
  );

  await agent.kill();
  await host.start();
  await server.until("it is back and says what it holds", () => held().length === 2);
  expect(held()[1]).toEqual([{ runId, about: expect.any(String), head: { seq: last.seq, hash: last.hash } }]);
  server.send({ type: "endRun", runId });
  await expect.poll(() => existsSync(join(host.stateDir, "packs", runId))).toBe(false);
});
