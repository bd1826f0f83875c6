import { canonicalJson } from "../../../domain/canonicalJson.ts";
import type { HostId, RunId } from "../../../domain/ids.ts";
import { Digest } from "../../../domain/ids.ts";
import type { Head } from "../../../domain/run/chain.ts";
import { EMPTY_HEAD } from "../../../domain/run/chain.ts";
import type { LoggedEvent } from "../../../domain/run/events.ts";
import { isPackDue } from "../../../domain/run/packDue.ts";
import type { ServerFrame } from "../../../protocol/agent.ts";
import { MAX_FRAME_BYTES } from "../../../protocol/agent.ts";
import type { PackHeld } from "../../../protocol/runPack.ts";
import { readEvents } from "../../db/eventLog.ts";
import { writeReport } from "../../db/inputs.ts";
import { isOnRecord, packAbout } from "../../db/runPacks.ts";
import type { RunOnRecord } from "../../db/runReader.ts";
import { sha256 } from "../../db/sha256.ts";
import { sealedSecrets } from "../../db/tasks.ts";
import { writeFrame } from "./frames.ts";
import type { AgentGatewayParts } from "./parts.ts";

/** Brings run packs to one agent, so that the host has what it needs to carry a run on without us. */
export interface PackSender {
  /** What the agent held when it came. Before it has said so, nothing is brought: most of it may be there. */
  held(packs: readonly PackHeld[]): void;
  /** True until then. */
  isWaited(): boolean;
  /** The runs that the agent holds packs of. */
  runs(): Iterable<RunId>;
  /** Brings what the host does not hold of a run's pack yet. Everything that was brought is there before whatever is sent next. */
  bring(run: RunOnRecord): Promise<void>;
}

/** How far one pack is. */
interface Pack {
  /** Of what stands beside the log; undefined: nothing is there. */
  about: Digest | undefined;
  /** Number of the last event when that was last compared. */
  comparedAt: number;
  head: Head;
  /** The head is the agent's word, and was not looked up yet. */
  isClaimed: boolean;
  /** Why nothing more is brought to it over this connection. */
  isStuck: boolean;
}

/** Events that travel in one frame, in bytes of JSON: below the frame's limit with room for one large event more. */
const PIECE_BYTES = 64 * 1024;
const MOST_EVENTS = 500;

/** Makes the sender of one connection. */
export function createPackSender(
  parts: Pick<AgentGatewayParts, "pool" | "log" | "notifier">,
  hostId: HostId,
  send: (frame: ServerFrame) => void,
): PackSender {
  let known: Map<RunId, Pack> | undefined;

  const begin = (): Pack => ({
    ...{ about: undefined, comparedAt: 0, head: EMPTY_HEAD, isClaimed: false, isStuck: false },
  });

  const stick = (runId: RunId, pack: Pack, why: string): void => {
    pack.isStuck = true;
    parts.log(`the pack of run ${runId} on host ${hostId} stays as it is: ${why}`);
  };

  /** False, with a word in the log, for a frame that the agent would end the connection over. */
  const sendWithin = (runId: RunId, pack: Pack, frame: ServerFrame): boolean => {
    const sizeBytes = Buffer.byteLength(writeFrame(frame));
    if (sizeBytes > MAX_FRAME_BYTES) {
      stick(runId, pack, `${frame.type} would have ${sizeBytes} bytes; an agent takes ${MAX_FRAME_BYTES}`);
      return false;
    }
    send(frame);
    return true;
  };

  /**
   * What it holds came from us once: our record was put back to an earlier time, and what was done since is known there. People have to
   * look before the run goes on. Once for each head, however often the host connects.
   */
  const reportMore = async (runId: RunId, { seq, hash }: Head): Promise<void> => {
    const report = { report: "hostKnowsMore", hostId, seq, hash } as const;
    await writeReport(parts.pool, { runId, report, dedupeKey: `${runId} ${hostId} knows ${hash}` });
    parts.notifier.tell({ about: "inputs", runId });
  };

  const bringAbout = async (run: RunOnRecord, pack: Pack): Promise<void> => {
    if (pack.comparedAt === run.head.seq) return;
    const { runId } = run.state;
    const [about, secrets] = await Promise.all([packAbout(parts.pool, run), sealedSecrets(parts.pool, runId, hostId)]);
    const digest = Digest.parse(sha256(canonicalJson({ about, secrets })));
    if (digest !== pack.about && !sendWithin(runId, pack, { type: "packAbout", runId, about, secrets })) return;
    pack.about = digest;
    pack.comparedAt = run.head.seq;
  };

  const bringEvents = async (runId: RunId, pack: Pack): Promise<void> => {
    const events = await readEvents(parts.pool, runId, pack.head);
    for (let first = 0; first < events.length && !pack.isStuck; ) {
      const piece = pieceOf(events, first);
      const last = piece.at(-1);
      if (last === undefined) return;
      if (!sendWithin(runId, pack, { type: "packEvents", runId, after: pack.head, events: piece })) return;
      pack.head = { seq: last.seq, hash: last.hash };
      first += piece.length;
    }
  };

  return {
    held(packs) {
      // What it holds later is what was brought.
      known ??= new Map(packs.map(({ runId, about, head }) => [runId, { ...begin(), about, head, isClaimed: true }]));
    },
    isWaited: () => known === undefined,
    runs: () => known?.keys() ?? [],
    async bring(run) {
      const { runId } = run.state;
      if (known === undefined || !isPackDue(run.state)) return;
      const pack = known.get(runId) ?? begin();
      known.set(runId, pack);
      if (pack.isStuck) return;
      if (pack.isClaimed && !(await isOnRecord(parts.pool, runId, pack.head))) {
        await reportMore(runId, pack.head);
        return stick(runId, pack, "its log is not the beginning of ours");
      }
      pack.isClaimed = false;
      await bringAbout(run, pack);
      if (!pack.isStuck && pack.head.seq < run.head.seq) await bringEvents(runId, pack);
    },
  };
}

/** As many events from a place on as travel in one frame; one at least. */
function pieceOf(events: readonly LoggedEvent[], first: number): LoggedEvent[] {
  const piece: LoggedEvent[] = [];
  let sizeBytes = 0;
  for (const event of events.slice(first, first + MOST_EVENTS)) {
    sizeBytes += Buffer.byteLength(JSON.stringify(event));
    if (piece.length > 0 && sizeBytes > PIECE_BYTES) break;
    piece.push(event);
  }
  return piece;
}
