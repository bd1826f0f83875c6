import { afterEach, beforeEach } from "vitest";
import type { FakeServer } from "./fakeServer.ts";
import { startFakeServer } from "./fakeServer.ts";
import type { Host, RunningAgent } from "./host.ts";
import { makeHost } from "./host.ts";

/** The server and the host of the test that runs: `useServerAndHost` makes both anew for each. */
export let server: FakeServer;
export let host: Host;

/** Gives each test of the file a server of its own, and a host that is not enrolled at it yet. */
export function useServerAndHost(): void {
  beforeEach(async () => {
    server = await startFakeServer();
    host = makeHost();
  });
  afterEach(async () => {
    await host.clean();
    await server.close();
  });
}

/**
 * Waits until the agent's own log has these words. A frame overtakes them: the log comes through a pipe that nobody
 * waits for, so one that is asked at once may not have them yet.
 */
export async function logs(agent: RunningAgent, words: string): Promise<void> {
  await server.until(`the agent logs "${words}"`, () => agent.log().includes(words));
}
