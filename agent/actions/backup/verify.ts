import { stat } from "node:fs/promises";
import type { z } from "zod";
import { backupVerify } from "../../../domain/action/backup.ts";
import { Failure } from "../../../domain/failure.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash } from "../../byHand/bash.ts";
import { REFUSE, WORK } from "../../byHand/prelude.ts";
import { pipelineLine } from "../../byHand/programLine.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { DUMP_COMPLETE } from "../../tools/pgDump.ts";
import { noteOf } from "../action.ts";
import { observing } from "../observing.ts";
import { fileDigest } from "./fileDigest.ts";
import { opening, openingPlan } from "./sealing.ts";

type Args = z.output<typeof backupVerify.args>;

/** How much of the end is looked at for the line with which pg_dump says that it finished (bytes). */
const END_BYTES = 4096;

/** `backup.verify`: to the very end. Decrypting the first lines proves nothing about the last. */
export const backupVerifyAction = observing(backupVerify, {
  plan: ({ path, iterations, minBytes }) => [
    noteOf(`only where ${path} has ${minBytes} bytes`, largeEnoughByHand(path, minBytes)),
    {
      kind: "pipeline",
      programs: openingPlan(path, iterations),
      bash: [bash`${pipelineLine(openingPlan(path, iterations))} | tail --bytes=${END_BYTES} >"$${WORK}/end"`],
    },
    noteOf(`and the end must be "${DUMP_COMPLETE}"`, [
      bash`grep -qF -- ${DUMP_COMPLETE} "$${WORK}/end" || ${REFUSE} ${`${path} does not end as a whole dump does.`}`,
      bash`printf 'It is whole: %s\n' ${path}`,
    ]),
  ],
  run: verify,
});

function largeEnoughByHand(path: string, minBytes: number): readonly BashLine[] {
  const small = bash`${REFUSE} ${`${path} is smaller than ${minBytes} bytes.`}`;
  return [bash`size=$(stat --format=%s -- ${path})`, bash`if ((size < ${minBytes})); then ${small}; fi`];
}

async function verify(args: Args, context: ActionContext): Promise<z.output<typeof backupVerify.result>> {
  const { path, minBytes } = args;
  const file = await stat(path).catch((error: unknown) => {
    throw new Failure("deviceMissing", `There is no backup at ${path}.`, { cause: error });
  });
  if (file.size < minBytes)
    throw new Failure("backupTooSmall", `${path} has ${file.size} bytes; at least ${minBytes} are expected.`);
  let plainBytes = 0;
  let lines = 0;
  let end = Buffer.alloc(0);
  const [read, unseal, unpack] = opening(args, context);
  await context.pipeline([
    read,
    unseal,
    {
      ...unpack,
      stdout: { to: "callbacks" },
      captureBytes: 0,
      onStdoutBytes: (bytes) => {
        plainBytes += bytes.length;
        for (const byte of bytes) if (byte === 10) lines += 1;
        end = Buffer.concat([end, bytes]).subarray(-END_BYTES);
      },
    },
  ]);
  return {
    is_complete: end.toString("latin1").includes(DUMP_COMPLETE),
    size_bytes: file.size,
    plain_bytes: plainBytes,
    lines_count: lines,
    sha256: await fileDigest(path, context),
    age_ms: Math.max(0, Math.round(context.now() - file.mtimeMs)),
  };
}
