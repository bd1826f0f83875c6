import type { HostId, TaskId } from "../../../domain/ids.ts";
import { Instant } from "../../../domain/time.ts";
import type { AgentFrame } from "../../../protocol/agent.ts";
import { storeGap, storePiece } from "../../db/outputPieces.ts";
import type { TaskPlace } from "../../db/tasks.ts";
import { taskPlace } from "../../db/tasks.ts";
import type { LiveText } from "./liveText.ts";
import { createLiveText } from "./liveText.ts";
import type { AgentGatewayParts } from "./parts.ts";

type OutputFrame = Extract<AgentFrame, { type: "output" }>;
type LostFrame = Extract<AgentFrame, { type: "outputLost" }>;

/**
 * Takes in what tasks write, in order and each byte once. A piece that repeats what is here is cut, one that leaves a gap is
 * dropped, and either way the agent is told how far the record reaches: it sends from there. Pieces are gathered for a moment and
 * stored together; only what was committed is acknowledged.
 */
export interface OutputIntake {
  /** False where the task is not this host's. */
  take(frame: OutputFrame): Promise<boolean>;
  takeLoss(frame: LostFrame): Promise<boolean>;
  /** Stores what was gathered, so that a connection that ends wastes nothing. */
  close(): Promise<void>;
}

const GATHER_MS = 40;
const GATHER_BYTES = 512 * 1024;

/** One task's output on its way to the database. */
interface Stream {
  readonly place: TaskPlace;
  readonly live: LiveText;
  /** Bytes on record. */
  stored: number;
  /** Bytes here: on record, being stored, or gathered. The next piece begins there. */
  have: number;
  gathered: Buffer[];
  gatheredBytes: number;
  at: Instant;
  /** The agent is owed word of how far the record reaches. */
  owed: boolean;
}

/** Makes the intake of one connection. `acknowledge` sends; `parts` stores and shows. */
export function createOutputIntake(
  parts: Pick<AgentGatewayParts, "pool" | "hub" | "log">,
  hostId: HostId,
  acknowledge: (taskId: TaskId, outputBytes: number) => void,
): OutputIntake {
  const streams = new Map<TaskId, Stream>();
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> = Promise.resolve();

  const streamOf = async (taskId: TaskId): Promise<Stream | undefined> => {
    const known = streams.get(taskId);
    if (known) return known;
    const place = await taskPlace(parts.pool, taskId);
    if (!place || place.hostId !== hostId) return undefined;
    const live = createLiveText(parts.hub, { ...place, taskId });
    const stream: Stream = {
      place,
      live,
      stored: place.outputBytes,
      have: place.outputBytes,
      gathered: [],
      gatheredBytes: 0,
      at: Instant.parse(0),
      owed: false,
    };
    streams.set(taskId, stream);
    return stream;
  };

  const flushOne = async (taskId: TaskId, stream: Stream): Promise<void> => {
    const { gathered, at } = stream;
    stream.gathered = [];
    stream.gatheredBytes = 0;
    if (gathered.length > 0) {
      const bytes = Buffer.concat(gathered);
      if (!(await storePiece(parts.pool, taskId, { offset: stream.stored, bytes, at }))) {
        // Another connection stored meanwhile: begin again from what is on record.
        streams.delete(taskId);
        const place = await taskPlace(parts.pool, taskId);
        if (place) acknowledge(taskId, place.outputBytes);
        return;
      }
      stream.live.show(stream.stored, bytes, at);
      stream.stored += bytes.length;
      stream.owed = true;
    }
    if (!stream.owed) return;
    stream.owed = false;
    acknowledge(taskId, stream.stored);
  };

  /** One flush at a time: two would store the same place twice. */
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    flushing = flushing.then(async () => {
      for (const [taskId, stream] of [...streams]) {
        await flushOne(taskId, stream).catch((error: unknown) => {
          // Not acknowledged, so the agent sends it again; what was gathered is forgotten with the stream.
          streams.delete(taskId);
          parts.log(`output of ${taskId} was not stored: ${String(error)}`);
        });
      }
    });
    return flushing;
  };
  const flushSoon = (): void => {
    timer ??= setTimeout(() => void flush(), GATHER_MS);
  };

  return {
    async take(frame) {
      const stream = await streamOf(frame.taskId);
      if (!stream) return false;
      stream.owed = true;
      flushSoon();
      if (frame.offset > stream.have) return true;
      const bytes = Buffer.from(frame.bytes, "base64").subarray(stream.have - frame.offset);
      if (bytes.length === 0) return true;
      stream.gathered.push(bytes);
      stream.have += bytes.length;
      stream.gatheredBytes += bytes.length;
      stream.at = frame.at;
      // Awaited, so that the connection is read no faster than the database takes.
      if (stream.gatheredBytes >= GATHER_BYTES) await flush();
      return true;
    },
    async takeLoss({ taskId, offset, lengthBytes }) {
      const end = offset + lengthBytes;
      if (!Number.isSafeInteger(end)) return false;
      if (!(await streamOf(taskId))) return false;
      await flush();
      const stream = await streamOf(taskId);
      if (!stream) return false;
      const lost = end - stream.stored;
      if (offset <= stream.stored && lost > 0 && (await storeGap(parts.pool, taskId, stream.stored, lost))) {
        stream.stored = end;
        stream.have = end;
        stream.live.skip();
      }
      stream.owed = true;
      flushSoon();
      return true;
    },
    close: flush,
  };
}
