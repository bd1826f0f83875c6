import { join } from "node:path";
import type { z } from "zod";
import type { filesVerify } from "../../../domain/action/files.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash } from "../../byHand/bash.ts";
import { REFUSE } from "../../byHand/prelude.ts";
import type { PlannedCall } from "../action.ts";
import { noteOf } from "../action.ts";
import { atRestByHand } from "../postgres/atRestByHand.ts";
import { SAME_TREES } from "./treeByHand.ts";

type Args = z.output<typeof filesVerify.args>;

/** What `plan` says of a comparison. */
export function verifyPlan(args: Args): readonly PlannedCall[] {
  return [
    noteOf(`read every file of ${args.from} and ${args.to} and compare their ${args.algorithm}`, comparedByHand(args)),
    ...(args.required.length === 0
      ? []
      : [noteOf(`look for ${args.required.join(", ")} in ${args.to}`, requiredByHand(args))]),
    ...(args.cluster === undefined
      ? []
      : [noteOf(`prove that ${args.from} is at rest still`, atRestByHand(args.cluster, args.from))]),
  ];
}

/** Owners are the source's, unless others are asked for. */
function comparedByHand({ from, to, algorithm, owner }: Args): readonly BashLine[] {
  const [uid = "", gid = ""] = owner.split(":");
  const same = bash`${SAME_TREES} ${from} ${to} ${`${algorithm}sum`} ${owner === "" ? "%U:%G" : ""}`;
  if (owner === "") return [same];
  const foreign = bash`-path ./lost+found -prune -o \( ! -uid ${uid} -o ! -gid ${gid} \) -print -quit`;
  return [
    same,
    bash`foreign=$(cd -- ${to} && find . -mindepth 1 ${foreign})`,
    bash`[[ -z $foreign ]] || ${REFUSE} ${`Something in ${to} does not belong to ${owner}:`}" $foreign"`,
  ];
}

const requiredByHand = ({ to, required }: Args): readonly BashLine[] =>
  required.map((path) => bash`[[ -e ${join(to, path)} ]] || ${REFUSE} ${`${path} is missing in ${to}.`}`);
