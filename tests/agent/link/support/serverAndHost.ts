import { afterEach, beforeEach } from "vitest";
import type { FakeServer } from "./fakeServer.ts";
import { startFakeServer } from "./fakeServer.ts";
import type { Host } from "./host.ts";
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
