import { RunId, WindowId } from "../../domain/ids.ts";
import type { Queryable } from "./queryable.ts";

/** Where runs belong and how far their logs have grown; unknown ones are left out. */
export async function runPlaces(
  db: Queryable,
  runIds: readonly RunId[],
): Promise<{ readonly runId: RunId; readonly windowId: WindowId; readonly seq: number }[]> {
  const { rows } = await db.query<{ id: string; window_id: string; head_seq: number }>({
    name: "run places",
    text: "select id, window_id, head_seq from run where id = any($1::uuid[])",
    values: [runIds],
  });
  return rows.map((row) => ({
    runId: RunId.parse(row.id),
    windowId: WindowId.parse(row.window_id),
    seq: row.head_seq,
  }));
}
