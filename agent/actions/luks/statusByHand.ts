import type { VolumeTarget } from "../../../domain/action/volumeTarget.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash } from "../../byHand/bash.ts";
import { programLine } from "../../byHand/programLine.ts";
import { luksStatusCall } from "../../tools/cryptsetup.ts";
import { findmntMountpointCall } from "../../tools/findmnt.ts";

/** How a person reads the state of a volume. Nothing that is closed is an error. */
export function statusByHand({ encryption, path, mountPoint, name }: VolumeTarget): readonly BashLine[] {
  return [
    ...(encryption === "luks2"
      ? [bash`cryptsetup luksDump -- ${path}`, bash`${programLine(luksStatusCall(name))} || true`]
      : []),
    bash`${programLine(findmntMountpointCall(mountPoint))} || true`,
    bash`if mountpoint --quiet -- ${mountPoint}; then df --block-size=1 -- ${mountPoint}; fi`,
  ];
}

/** How a person sees what a path lies on. It says so, and judges nothing: a trial may lie on a disk that is not encrypted. */
export function provenByHand(path: string): readonly BashLine[] {
  return [
    bash`source=$(findmnt --kernel --noheadings --first-only --output SOURCE --target ${path})`,
    bash`source=\${source%%[*}`,
    bash`lsblk --inverse --paths --output NAME,TYPE,FSTYPE -- "$source"`,
    bash`if [[ $source == /dev/mapper/* ]] && dmsetup table -- "$source" | awk '$3 != "crypt" { other = 1 } END { exit other || !NR }'; then`,
    bash`  printf '%s lies on dm-crypt.\n' ${path}`,
    bash`else`,
    bash`  printf '%s does NOT lie on dm-crypt.\n' ${path}`,
    bash`fi`,
  ];
}
