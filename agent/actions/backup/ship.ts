import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { z } from "zod";
import { backupShip } from "../../../domain/action/backup.ts";
import { Failure } from "../../../domain/failure.ts";
import { bash } from "../../byHand/bash.ts";
import { REFUSE } from "../../byHand/prelude.ts";
import { programLine } from "../../byHand/programLine.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { parseRsyncLine } from "../../tools/rsync.ts";
import { compareCall, shipCall } from "../../tools/rsyncOverSsh.ts";
import type { Action, Inspection } from "../action.ts";
import { noteOf } from "../action.ts";
import { fileDigest } from "./fileDigest.ts";

type Args = z.output<typeof backupShip.args>;
type Result = z.output<typeof backupShip.result>;

/** `backup.ship`. A copy counts when the far end has read it again, not when it was sent. */
export const backupShipAction: Action<typeof backupShip.args, typeof backupShip.result> = {
  spec: backupShip,
  plan: ({ path, machine }) => [
    { kind: "program", ...shipCall(machine, path) },
    { kind: "program", ...compareCall(machine, path), bash: [] },
    noteOf("the second must print nothing: then the copy there was read again and is equal", [
      bash`different=$(${programLine(compareCall(machine, path))})`,
      bash`[[ -z $different ]] || ${REFUSE} "$different"`,
    ]),
  ],
  run: ship,
  inspect,
};

async function inspect(args: Args, context: ActionContext): Promise<Inspection<Result>> {
  const beganMs = performance.now();
  if (await isEqualThere(args, context)) return { state: "done", result: await resultOf(args, beganMs, context) };
  return { state: "notBegun" };
}

async function ship(args: Args, context: ActionContext): Promise<Result> {
  const beganMs = performance.now();
  const { size } = await stat(args.path).catch((error: unknown) => {
    throw new Failure("deviceMissing", `There is no backup at ${args.path}.`, { cause: error });
  });
  context.progress({ done: 0, total: size, unit: "bytes" });
  await context.program({
    ...shipCall(args.machine, args.path),
    meter: "read",
    stdout: { to: "callbacks" },
    onStdoutLine: (text) => {
      const line = parseRsyncLine(text);
      if (line.kind !== "progress") return;
      const { bytesDone, bytesPerSecond, etaMs } = line;
      context.progress({
        ...{ done: Math.min(bytesDone, size), total: size, unit: "bytes", ratePerSecond: bytesPerSecond },
        ...(etaMs === undefined ? {} : { etaMs }),
      });
    },
  });
  if (!(await isEqualThere(args, context))) {
    throw new Failure("copyDiffers", `The copy of ${args.path} at ${args.machine.address} is not equal to it.`);
  }
  return resultOf(args, beganMs, context);
}

async function isEqualThere({ machine, path }: Args, context: ActionContext): Promise<boolean> {
  const { stdout } = await context.program(compareCall(machine, path));
  return stdout.toString("utf8").trim() === "";
}

async function resultOf({ machine, path }: Args, beganMs: number, context: ActionContext): Promise<Result> {
  const { size } = await stat(path);
  return {
    remote: `${machine.user}@${machine.address}:${machine.folder.replace(/\/+$/, "")}/${basename(path)}`,
    size_bytes: size,
    sha256: await fileDigest(path, context),
    is_equal: true,
    duration_ms: Math.round(performance.now() - beganMs),
  };
}
