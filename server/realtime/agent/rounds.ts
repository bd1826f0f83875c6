import type { HostId } from "../../../domain/ids.ts";
import type { HeldLink } from "../../db/hostLinks.ts";
import { hostsWithWork, touchLinks } from "../../db/hostLinks.ts";
import type { AgentGatewayParts } from "./parts.ts";

/** A link that is gone round to. */
export interface RoundLink extends HeldLink {
  /** Looks whether there is something for the host. */
  look(): void;
  /** It is this process's no longer, or its host was revoked. */
  lost(): void;
  /** The database is gone, as far as a host can tell: it is to know that it is on its own. */
  alone(): void;
}

/**
 * What is done again and again for every host that is connected here, for all of them in one statement: its row is touched, so that another
 * process can see that the link is alive, and hosts with work are looked after although no notice came. A thousand hosts without
 * work then cost the database two statements, not two thousand.
 */
export interface Rounds {
  /** From now on; answers the way to leave it out again. */
  add(link: RoundLink): () => void;
  close(): Promise<void>;
}

const TOUCH_EVERY_MS = 1_000;
const LOOK_EVERY_MS = 2_000;
/** A server without its database decides nothing. One that is away for longer is gone, as far as a host can tell. */
const WITHOUT_DATABASE_MS = 15_000;

/** Makes the rounds of one process. */
export function createRounds(parts: Pick<AgentGatewayParts, "pool" | "log">): Rounds {
  const links = new Set<RoundLink>();
  /** A run that has just ended is looked at once more, to tell its host. */
  let hadWork: ReadonlySet<HostId> = new Set();

  let touchedAtMs = performance.now();
  const touch = async (): Promise<void> => {
    const held = [...links];
    const alive = held.length === 0 ? new Set() : await touchLinks(parts.pool, held);
    touchedAtMs = performance.now();
    for (const link of held) if (!alive.has(link.hostId) && links.has(link)) link.lost();
  };
  const look = async (): Promise<void> => {
    if (links.size === 0) return;
    const haveWork = await hostsWithWork(
      parts.pool,
      [...links].map(({ hostId }) => hostId),
    );
    for (const link of links) if (haveWork.has(link.hostId) || hadWork.has(link.hostId)) link.look();
    hadWork = haveWork;
  };
  const repeat = (everyMs: number, what: string, work: () => Promise<void>) => {
    let running: Promise<void> | undefined;
    const timer = setInterval(() => {
      // A slow database is not asked for the same once more before it has answered.
      running ??= work()
        .catch((error: unknown) => parts.log(`${what}: ${String(error)}`))
        .finally(() => {
          running = undefined;
        });
    }, everyMs);
    return async () => {
      clearInterval(timer);
      await running;
    };
  };
  // By itself: a statement that hangs is what it looks for.
  const waiting = setInterval(() => {
    if (performance.now() - touchedAtMs > WITHOUT_DATABASE_MS) for (const link of links) link.alone();
  }, TOUCH_EVERY_MS);
  const endings = [
    repeat(TOUCH_EVERY_MS, "the links of hosts were not touched", touch),
    repeat(LOOK_EVERY_MS, "hosts could not be looked after", look),
  ];
  return {
    add(link) {
      links.add(link);
      return () => links.delete(link);
    },
    async close() {
      clearInterval(waiting);
      await Promise.all(endings.map((end) => end()));
    },
  };
}
