import type { z } from "zod";
import type { filesCopy } from "../../../domain/action/files.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash } from "../../byHand/bash.ts";
import { REFUSE } from "../../byHand/prelude.ts";
import { programLine } from "../../byHand/programLine.ts";
import type { RsyncCopy } from "../../tools/rsync.ts";
import { rsyncCall } from "../../tools/rsync.ts";
import type { PlannedCall } from "../action.ts";
import { noteOf } from "../action.ts";
import { LET_GO } from "../openFilesByHand.ts";
import { atRestByHand } from "../postgres/atRestByHand.ts";
import { LISTING } from "./treeByHand.ts";

type Args = z.output<typeof filesCopy.args>;

/** The call of rsync. `isResumed`: something is there from an earlier attempt. */
export const copyOf = (args: Args, isResumed: boolean): RsyncCopy => ({
  from: args.from,
  to: args.to,
  byChecksum: isResumed && args.resumeByChecksum,
  owner: args.owner,
  maxKiBps: args.maxKiBps,
});

/** What `plan` says of a copy. By hand a container's directory is as much at rest as nobody has a file of it open. */
export function copyPlan(args: Args): readonly PlannedCall[] {
  const { from, to, cluster } = args;
  const atRest = (cluster && atRestByHand(cluster, from)) ?? [bash`${LET_GO} ${from}`];
  const digest = bash`"$(${LISTING} ${from} | sha256sum)"`;
  const changed = bash`${REFUSE} ${`${from} changed while it was copied.`}`;
  return [
    noteOf(`prove that ${from} is at rest, and list it`, [...atRest, bash`before=${digest}`]),
    noteOf(`make ${to} where it is missing`, [bash`(umask 077 && mkdir --parents -- ${to})`]),
    { kind: "program", ...rsyncCall(copyOf(args, false)), bash: resumable(args) },
    { kind: "program", file: "sync", args: ["--file-system", to] },
    noteOf(`list ${from} again: equal, or somebody wrote`, [bash`[[ $before == ${digest} ]] || ${changed}`, ...atRest]),
  ];
}

/** What an interrupted copy has left may have the right size and time, and blocks that are missing: it is compared by content. */
function resumable(args: Args): readonly BashLine[] {
  const call = rsyncCall(copyOf(args, true));
  if (!args.resumeByChecksum) return [programLine(call)];
  const words = call.args.map((word) => (word === "--checksum" ? bash`"\${compare[@]}"` : word));
  return [
    bash`compare=()`,
    bash`if [[ -n $(ls --almost-all -- ${args.to}) ]]; then compare=(--checksum); fi`,
    programLine({ ...call, args: words }),
  ];
}
