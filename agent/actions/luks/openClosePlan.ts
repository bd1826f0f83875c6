import { join } from "node:path";
import type { VolumeTarget } from "../../../domain/action/volumeTarget.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash } from "../../byHand/bash.ts";
import { REFUSE } from "../../byHand/prelude.ts";
import { programLine } from "../../byHand/programLine.ts";
import { KEY_FD, luksCloseCall, luksOpenCall } from "../../tools/cryptsetup.ts";
import { attachLoopCall, loopsOfCall } from "../../tools/losetup.ts";
import { mountCall, umountCall } from "../../tools/mount.ts";
import type { PlannedCall } from "../action.ts";
import { noteOf } from "../action.ts";
import { LET_GO } from "../openFilesByHand.ts";
import { MARKER, mapperOf } from "./volume.ts";

const unlessMounted = ({ mountPoint }: VolumeTarget, line: BashLine) =>
  bash`mountpoint --quiet -- ${mountPoint} || ${line}`;

/** What `plan` says of opening and mounting; by hand, too, what is open and mounted already is left as it is. */
export function openPlan(volume: VolumeTarget, secret: string): readonly PlannedCall[] {
  const marker = join(volume.mountPoint, MARKER);
  const foreign = bash`${REFUSE} ${`${marker} is not there: what is mounted is not our volume.`}`;
  return [
    ...(volume.encryption === "luks2" ? openEncrypted(volume, secret) : [openPlain(volume)]),
    noteOf(`look for ${marker}`, [bash`[[ -e ${marker} ]] || ${foreign}`]),
  ];
}

function openEncrypted(volume: VolumeTarget, secret: string): readonly PlannedCall[] {
  const mapper = mapperOf(volume);
  const open = { ...luksOpenCall(volume.path, volume.name), secrets: { [KEY_FD]: secret } };
  const mount = mountCall(mapper, volume.mountPoint);
  return [
    { kind: "program", ...open, bash: [bash`[[ -e ${mapper} ]] || ${programLine(open)}`] },
    { kind: "program", ...mount, bash: [unlessMounted(volume, programLine(mount))] },
  ];
}

function openPlain(volume: VolumeTarget): PlannedCall {
  const device =
    volume.backing === "file" ? bash`"$(${programLine(attachLoopCall(volume.path, false))})"` : volume.path;
  const { args, ...mount } = mountCall("", volume.mountPoint);
  const line = programLine({ ...mount, args: args.map((word) => (word === "" ? bash`${device}` : word)) });
  return noteOf(`mount ${volume.path} on ${volume.mountPoint}`, [unlessMounted(volume, line)]);
}

/** What `plan` says of unmounting and closing. */
export function closePlan(volume: VolumeTarget): readonly PlannedCall[] {
  const umount = umountCall(volume.mountPoint);
  const close = luksCloseCall(volume.name);
  const mounted = bash`if mountpoint --quiet -- ${volume.mountPoint}; then`;
  return [
    {
      kind: "program",
      ...umount,
      bash: [mounted, bash`  ${LET_GO} ${volume.mountPoint}`, bash`  ${programLine(umount)}`, bash`fi`],
    },
    ...(volume.encryption === "luks2"
      ? [{ kind: "program", ...close, bash: [bash`[[ ! -e ${mapperOf(volume)} ]] || ${programLine(close)}`] } as const]
      : []),
    ...(volume.encryption === "none" && volume.backing === "file" ? [detachPlan(volume)] : []),
  ];
}

function detachPlan({ path }: VolumeTarget): PlannedCall {
  const { file, args } = loopsOfCall(path);
  // The same question, with a name on each line for an answer.
  const words = args.map((word) => (word === "--json" ? "--noheadings" : word === "NAME,BACK-FILE" ? "NAME" : word));
  return noteOf(`detach the loop devices of ${path}`, [
    bash`for loop in $(${[file, ...words]}); do losetup --detach "$loop"; done`,
  ]);
}

/** What `plan` says of the caches: what is read next comes from the disk. */
export function dropCachesPlan(): readonly PlannedCall[] {
  return [
    { kind: "program", file: "sync", args: [] },
    noteOf("write 3 to /proc/sys/vm/drop_caches", [
      bash`printf '3\n' >/proc/sys/vm/drop_caches || printf 'This kernel does not let its caches be dropped.\n'`,
    ]),
  ];
}
