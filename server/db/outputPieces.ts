import type { TaskId } from "../../domain/ids.ts";
import type { Queryable } from "./queryable.ts";

/** A contiguous part of a task's output. */
export interface Piece {
  /** First byte's place in the whole output. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Milliseconds since the epoch, by the agent's clock. */
  readonly at: number;
}

/**
 * Stores the next piece of a task's output, if the output on record ends where it begins; false otherwise (another
 * connection was there first). One statement, so that no byte is counted that is not there.
 */
export async function storePiece(db: Queryable, taskId: TaskId, piece: Piece): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "store piece",
    text: `with grown as (
        update task set output_bytes = $2::bigint + length($3::bytea)
        where task_id = $1 and output_bytes = $2::bigint returning task_id)
      insert into output_piece (task_id, "offset", bytes, at) select task_id, $2::bigint, $3::bytea, $4::bigint from grown`,
    values: [taskId, piece.offset, piece.bytes, piece.at],
  });
  return rowCount === 1;
}

/**
 * Counts bytes as gone that the host itself no longer has, if the output on record ends where they begin; false otherwise. There
 * is no piece for them: a reader sees that the next one begins later.
 */
export async function storeGap(db: Queryable, taskId: TaskId, offset: number, lengthBytes: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `update task set output_bytes = $2::bigint + $3::bigint where task_id = $1 and output_bytes = $2::bigint`,
    [taskId, offset, lengthBytes],
  );
  return rowCount === 1;
}

/**
 * A task's output from a place on, at most `maxBytes` of it, cut to that range. Pieces follow each other without a gap except where
 * the host lost bytes.
 */
export async function readOutput(db: Queryable, taskId: TaskId, from: number, maxBytes: number): Promise<Piece[]> {
  const { rows } = await db.query<{ offset: string; bytes: Buffer; at: string }>(
    `select "offset", bytes, at from output_piece
     where task_id = $1 and "offset" + length(bytes) > $2 and "offset" < $3 order by "offset"`,
    [taskId, from, from + maxBytes],
  );
  return rows.map((row) => {
    const start = Number(row.offset);
    const first = Math.max(0, from - start);
    return { offset: start + first, bytes: row.bytes.subarray(first, from + maxBytes - start), at: Number(row.at) };
  });
}
