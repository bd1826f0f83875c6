import type { RunId, TaskId } from "../../domain/ids.ts";
import { readOutput as readPieces } from "../db/outputPieces.ts";
import type { House } from "../identity/door.ts";

/** A part of a task's output, with how much of it is on record in all. */
export interface OutputRead {
  readonly offset: number;
  /** Where the next read begins, in bytes of the whole output. */
  readonly endOffset: number;
  readonly totalBytes: number;
  /** What was written between the two; bytes that the host lost stand in it as a line that says how many. */
  readonly bytes: Buffer;
}

/** Bytes of one read while the whole output is handed out. */
const AT_ONCE_BYTES = 1024 * 1024;

/** Output of a task, `limit` bytes of it at most: from an offset, or with a negative one the last so many. */
export async function readOutput(
  { prisma, pool }: Pick<House, "prisma" | "pool">,
  runId: RunId,
  taskId: TaskId,
  wanted: number,
  limit: number,
): Promise<OutputRead> {
  const task = await prisma.task.findFirst({
    where: { taskId, runId },
    select: { outputBytes: true, run: { select: { endedAt: true } }, _count: { select: { pieces: true } } },
  });
  const totalBytes = Number(task?.outputBytes ?? 0);
  const offset = wanted < 0 ? Math.max(0, totalBytes + wanted) : wanted;
  const endOffset = Math.max(offset, Math.min(offset + limit, totalBytes));
  const endedAt = task?.run.endedAt;
  if (task?._count.pieces === 0 && endedAt && offset < endOffset) {
    return {
      offset,
      endOffset,
      totalBytes,
      bytes: offset === 0 || wanted < 0 ? goneLine(totalBytes, endedAt) : Buffer.alloc(0),
    };
  }
  const parts: Buffer[] = [];
  let at = offset;
  for (const piece of task ? await readPieces(pool, taskId, offset, endOffset - offset) : []) {
    if (piece.offset > at) parts.push(lostLine(piece.offset - at));
    parts.push(Buffer.from(piece.bytes));
    at = piece.offset + piece.bytes.length;
  }
  if (at < endOffset) parts.push(lostLine(endOffset - at));
  return { offset, endOffset, totalBytes, bytes: Buffer.concat(parts) };
}

/** All of a task's output that is on record, for saving: read piece by piece, as fast as it is taken. */
export function streamOutput(house: Pick<House, "prisma" | "pool">, runId: RunId, taskId: TaskId): ReadableStream {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      const { endOffset, totalBytes, bytes } = await readOutput(house, runId, taskId, at, AT_ONCE_BYTES);
      if (bytes.length > 0) controller.enqueue(new Uint8Array(bytes));
      at = endOffset;
      if (endOffset >= totalBytes) controller.close();
    },
  });
}

/** Once for the whole output, however it is read. */
const goneLine = (totalBytes: number, endedAt: Date): Buffer =>
  Buffer.from(
    `[slackwater: the ${totalBytes} bytes of this output are no longer kept. The run ended on ${endedAt.toISOString().slice(0, 10)}; what it came to is in the run's log.]\n`,
  );

const lostLine = (lengthBytes: number): Buffer =>
  Buffer.from(`\n[slackwater: ${lengthBytes} bytes of output are missing here: the host lost them]\n`);
