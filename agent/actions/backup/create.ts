import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { backupCreate } from "../../../domain/action/backup.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { gzipCall } from "../../tools/gzip.ts";
import { PASS_FD } from "../../tools/openssl.ts";
import { pgDumpCall } from "../../tools/pgDump.ts";
import type { Action } from "../action.ts";
import { withClient } from "../postgres/connect.ts";
import { countTables } from "../postgres/count.ts";
import { backupName, UNFINISHED } from "./backupName.ts";
import { createPlan } from "./createPlan.ts";
import { fileDigest } from "./fileDigest.ts";
import { withReach } from "./reach.ts";
import { sealCall } from "./sealing.ts";

type Args = z.output<typeof backupCreate.args>;
type Result = z.output<typeof backupCreate.result>;

/** `backup.create`. The rows are counted in the very snapshot that is dumped: exported by our session, which stays open meanwhile. */
export const backupCreateAction: Action<typeof backupCreate.args, typeof backupCreate.result> = {
  spec: backupCreate,
  plan: createPlan,
  run: backUp,
  // A whole backup of an earlier attempt can't be told from this one's: another is made, the first stays.
  inspect: () => Promise.resolve({ state: "notBegun" }),
  left: async ({ directory, label, cluster }) => {
    const names = await readdir(directory).catch(() => []);
    return names
      .filter((name) => name.startsWith(`${label}-${cluster.database}-`) && name.endsWith(UNFINISHED))
      .map((name) => join(directory, name))
      .map((path) => ({ kind: "partialFiles", what: `${path}, half a backup`, cleanUp: `rm -- ${path}` }));
  },
};

async function backUp(args: Args, context: ActionContext): Promise<Result> {
  const { cluster, directory, label, tables, minBytes, seal, iterations } = args;
  const beganMs = performance.now();
  const createdAt = context.now();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, backupName(label, cluster.database, createdAt, seal));
  const unfinished = `${path}${UNFINISHED}`;
  try {
    const counted = await withClient(cluster, async (client) => {
      await client.query("begin isolation level repeatable read read only");
      const { rows } = await client.query<{ snapshot: string }>("select pg_export_snapshot() as snapshot");
      const inSnapshot = await countTables(client, tables, false);
      const watching = watchSize(unfinished, context);
      try {
        await withReach(cluster, (reaching) =>
          context.pipeline([
            reaching((to) => pgDumpCall(to, cluster.database, rows[0]?.snapshot ?? "")),
            gzipCall(),
            {
              ...sealCall(seal, iterations),
              secretFds: [{ fd: PASS_FD, bytes: context.secret("backup") }],
              stdout: { to: "file", path: unfinished, mode: 0o600 },
              meter: "written",
            },
          ]),
        );
      } finally {
        watching.stop();
      }
      await client.query("rollback");
      return inSnapshot;
    });
    const { size } = await stat(unfinished);
    if (size < minBytes)
      throw new Failure("backupTooSmall", `The backup has ${size} bytes; at least ${minBytes} are expected.`);
    await rename(unfinished, path);
    return {
      path,
      size_bytes: size,
      sha256: await fileDigest(path, context),
      rows: counted.rows,
      rows_total: counted.total,
      created_at: createdAt,
      duration_ms: Math.round(performance.now() - beganMs),
    };
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Tells the size of the growing file once a second; how large it will be nobody knows beforehand, so there is no total. */
function watchSize(path: string, context: ActionContext): { stop(): void } {
  const timer = setInterval(() => {
    stat(path).then(
      ({ size }) => context.progress({ done: size, unit: "bytes" }),
      () => {},
    );
  }, 1000);
  return { stop: () => clearInterval(timer) };
}
