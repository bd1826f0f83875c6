import { notFound } from "next/navigation";
import { cache } from "react";
import { RunId, WindowId } from "../../../domain/ids.ts";
import { house } from "../../../server/identity/door.ts";
import { viewRun } from "../../../server/runs/queries.ts";
import { readerOf } from "../../../server/runs/reader.ts";
import { runOfWindow } from "../../../server/windows/queries.ts";
import { requireVisitor } from "../../visitor.ts";

/** Where the parameters of a window's route come in. */
export interface WindowRoute {
  readonly params: Promise<{ readonly windowId: string }>;
}

/** The newest run of a window as its reader sees it, read once a request; not found where there is none. */
export const visitWindow = cache(async (windowId: string) => {
  const { person, me } = await requireVisitor(`/windows/${windowId}`);
  const id = WindowId.safeParse(windowId);
  const runId = id.success ? await runOfWindow(house().prisma, id.data) : undefined;
  const run = runId === undefined ? undefined : await viewRun(house(), RunId.parse(runId));
  if (!run) notFound();
  return { run, reader: readerOf(run, person), me };
});
