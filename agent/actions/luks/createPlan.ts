import { dirname, join } from "node:path";
import type { z } from "zod";
import type { luksCreate } from "../../../domain/action/luks.ts";
import type { VolumeTarget } from "../../../domain/action/volumeTarget.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash } from "../../byHand/bash.ts";
import { REFUSE } from "../../byHand/prelude.ts";
import { programLine } from "../../byHand/programLine.ts";
import { blkidProbeCall } from "../../tools/blkid.ts";
import { chattrImmutableCall } from "../../tools/chattr.ts";
import { KEY_FD, luksAddKeyCall, luksFormatCall, luksOpenCall, NEW_KEY_FD } from "../../tools/cryptsetup.ts";
import { fallocateCall } from "../../tools/fallocate.ts";
import { attachLoopCall } from "../../tools/losetup.ts";
import { mkfsExt4Call } from "../../tools/mkfs.ts";
import { mountCall } from "../../tools/mount.ts";
import type { PlannedCall } from "../action.ts";
import { noteOf } from "../action.ts";
import { DATA_FOLDER, MARKER, mapperOf } from "./volume.ts";

type Args = z.output<typeof luksCreate.args>;

/** What `plan` says of making a volume. By hand nothing of an attempt that failed is taken back: it is refused as what exists. */
export function createPlan(args: Args): readonly PlannedCall[] {
  const { volume } = args;
  return [
    noteOf("refuse what is there already", newByHand(volume)),
    ...(volume.backing === "file" ? allocation(args) : [emptyDevice(volume.path)]),
    noteOf(
      `let nothing be written into ${volume.mountPoint} while nothing is mounted`,
      sealedByHand(volume.mountPoint),
    ),
    ...(volume.encryption === "luks2" ? encryptedPlan(args) : plainPlan(volume)),
    noteOf(`make the folder ${DATA_FOLDER} and the marker ${MARKER} in it`, [
      bash`mkdir --mode=0700 -- ${join(volume.mountPoint, DATA_FOLDER)}`,
      bash`printf '%s\n' ${volume.name} >${join(volume.mountPoint, MARKER)}`,
      bash`sync --file-system ${volume.mountPoint}`,
    ]),
  ];
}

function newByHand(volume: VolumeTarget): readonly BashLine[] {
  const { backing, encryption, path, mountPoint } = volume;
  const mapper = mapperOf(volume);
  return [
    ...(backing === "file" ? [bash`[[ ! -e ${path} ]] || ${REFUSE} ${`${path} is there already.`}`] : []),
    ...(encryption === "luks2" ? [bash`[[ ! -e ${mapper} ]] || ${REFUSE} ${`${mapper} is there already.`}`] : []),
    bash`! mountpoint --quiet -- ${mountPoint} || ${REFUSE} ${`${mountPoint} is mounted already.`}`,
  ];
}

/** The blocks are all there from the beginning; the file system that holds them must not be full with them. */
function allocation({ volume, sizeBytes, minFreePercent }: Args): readonly PlannedCall[] {
  const folder = dirname(volume.path);
  const space = bash`df --block-size=1 --output=avail,size -- ${folder} | awk -v size=${sizeBytes} -v least=${minFreePercent}`;
  const full = bash`${REFUSE} ${`With ${volume.path} less than ${minFreePercent} % would be free.`}`;
  return [
    noteOf(`only where ${minFreePercent} % stay free of the file system that holds it`, [
      bash`(umask 077 && mkdir --parents -- ${folder})`,
      bash`${space} 'NR == 2 { exit !(($1 - size) / $2 * 100 >= least) }' || ${full}`,
    ]),
    { kind: "program", ...fallocateCall(volume.path, sizeBytes) },
  ];
}

function emptyDevice(path: string): PlannedCall {
  const call = blkidProbeCall(path);
  const full = bash`${REFUSE} ${`${path} holds something. Nothing was written to it.`}`;
  const none = bash`${REFUSE} ${`${path} is no block device.`}`;
  return {
    ...{ kind: "program", ...call },
    bash: [bash`[[ -b ${path} ]] || ${none}`, bash`if ${programLine(call)}; then ${full}; fi`],
  };
}

function sealedByHand(mountPoint: string): readonly BashLine[] {
  const full = bash`${REFUSE} ${`${mountPoint} is not empty.`}`;
  return [
    bash`mkdir --parents -- ${mountPoint}`,
    bash`[[ -z $(ls --almost-all -- ${mountPoint}) ]] || ${full}`,
    bash`[[ $(stat --format=%a -- ${mountPoint}) == 0 ]] || chmod 0000 -- ${mountPoint}`,
    bash`${programLine(chattrImmutableCall(mountPoint, true))} || printf 'Its mode 0000 has to do.\n'`,
  ];
}

function encryptedPlan({ volume, pbkdfIterations }: Args): readonly PlannedCall[] {
  const key = { [KEY_FD]: "operational" };
  const mapper = mapperOf(volume);
  return [
    { kind: "program", ...luksFormatCall(volume.path, { pbkdfIterations, label: volume.name }), secrets: key },
    {
      kind: "program",
      ...luksAddKeyCall(volume.path, 1, { pbkdfIterations }),
      secrets: { ...key, [NEW_KEY_FD]: "recovery" },
    },
    { kind: "program", ...luksOpenCall(volume.path, volume.name), secrets: key },
    { kind: "program", ...mkfsExt4Call(mapper, volume.name) },
    { kind: "program", ...mountCall(mapper, volume.mountPoint) },
  ];
}

function plainPlan(volume: VolumeTarget): readonly PlannedCall[] {
  const device = bash`"$device"`;
  const on = (call: { file: string; args: readonly string[] }) =>
    programLine({ ...call, args: call.args.map((word) => (word === "" ? device : word)) });
  const found =
    volume.backing === "file" ? bash`$(${programLine(attachLoopCall(volume.path, false))})` : bash`${volume.path}`;
  return [
    noteOf(`NOT ENCRYPTED: ext4 on ${volume.path}, mounted on ${volume.mountPoint}`, [
      bash`device=${found}`,
      on(mkfsExt4Call("", volume.name)),
      on(mountCall("", volume.mountPoint)),
    ]),
  ];
}
