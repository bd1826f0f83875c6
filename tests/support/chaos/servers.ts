import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { SITE } from "../house.ts";
import type { ServerProcess } from "../serverProcess.ts";
import { freePort, startServerProcess } from "../serverProcess.ts";
import { waitUntil } from "../waitUntil.ts";

/** How long somebody else took for one run of a server that was killed. */
export interface Takeover {
  readonly runId: string;
  readonly tookMs: number;
}

/** Several server processes on one database, each of which can be killed and is then started anew. */
export interface Servers {
  /** Where agents reach those that are up. */
  addresses(): readonly string[];
  /** Kills one as a power cut would, waits until others have all its runs, and starts it anew. */
  kill(index: number): Promise<readonly Takeover[]>;
  stop(): Promise<void>;
}

/** Longest that a run may be nobody's before the scene gives up (ms). */
const TAKEN_WITHIN_MS = 60_000;

/** Starts so many on one database. `leaseMs`: how long a run stays with a process that says nothing. */
export async function startServers(
  count: number,
  { leaseMs, ...database }: { readonly leaseMs: number; readonly appUrl: string; readonly ownerUrl: string },
  pool: pg.Pool,
): Promise<Servers> {
  const environment = {
    APP_URL: SITE.origin,
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    LEASE_MS: String(leaseMs),
  };
  const folders = Array.from({ length: count }, () => mkdtempSync(join(tmpdir(), "slackwater-chaos-")));
  const start = async (index: number): Promise<ServerProcess> =>
    startServerProcess({ ...environment, PORT: String(await freePort()), STATE_DIRECTORY: folders[index] ?? "" });
  const servers: (ServerProcess | undefined)[] = [];
  for (const index of folders.keys()) servers.push(await start(index));

  /** Number of the lease of each run that goes on, and whether somebody holds it. A number grows with each taking, and with nothing else. */
  const leasesNow = async () => {
    const { rows } = await pool.query<{ id: string; fence: string; is_held: boolean }>(
      `select id, lease_fence as fence, coalesce(leased_until > clock_timestamp(), false) as is_held
       from run where stage <> 'ended'`,
    );
    return rows;
  };

  return {
    addresses: () => servers.flatMap((server) => server?.agentUrl ?? []),
    async kill(index) {
      const killed = servers[index];
      if (killed === undefined) return [];
      const before = new Map((await leasesNow()).map(({ id, fence }) => [id, fence]));
      servers[index] = undefined;
      await killed.kill();
      const since = performance.now();
      const taken = new Map<string, number>();
      await waitUntil(
        "the runs of a killed server are another's",
        async () => {
          // The database may be away just now.
          const now = await leasesNow().catch(() => undefined);
          const tookMs = performance.now() - since;
          for (const { id, fence } of now ?? []) {
            if (before.has(id) && before.get(id) !== fence && !taken.has(id)) taken.set(id, tookMs);
          }
          // For so long a lease of the killed one may still stand.
          return now !== undefined && tookMs > leaseMs && now.every(({ is_held }) => is_held);
        },
        TAKEN_WITHIN_MS,
      );
      servers[index] = await start(index);
      return [...taken].map(([runId, tookMs]) => ({ runId, tookMs }));
    },
    async stop() {
      const codes = await Promise.all(servers.map((server) => server?.stop()));
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
      if (codes.some((code) => code !== undefined && code !== 0)) throw new Error(`servers ended with ${codes.join()}`);
    },
  };
}
