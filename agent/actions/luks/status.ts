import type { z } from "zod";
import { luksProve, luksStatus, luksTestSlot } from "../../../domain/action/luks.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { KEY_FD, testPassphraseCall } from "../../tools/cryptsetup.ts";
import { dmTableCall, parseDmTable } from "../../tools/dmsetup.ts";
import { findmntTargetCall, parseFindmnt } from "../../tools/findmnt.ts";
import { allLoopsCall, parseLoops } from "../../tools/losetup.ts";
import { lsblkInverseCall, parseLsblkChain } from "../../tools/lsblk.ts";
import { noteOf } from "../action.ts";
import { observing } from "../observing.ts";
import { headerOf } from "./header.ts";
import { provenByHand, statusByHand } from "./statusByHand.ts";
import { doesExist, hasMarker, isWritable, spaceOf, stateOf } from "./volume.ts";

/** `luks.status`. */
export const luksStatusAction = observing(luksStatus, {
  plan: ({ volume }) => [
    noteOf(`read the header of ${volume.path} and what is mounted on ${volume.mountPoint}`, statusByHand(volume)),
  ],
  run: async ({ volume }, context) => {
    const exists = await doesExist(volume.path);
    const isCrypt = volume.encryption === "luks2";
    const header = exists && isCrypt ? await headerOf(volume, context) : { cipher: "none", keyBits: 0, slots: [] };
    const { isMounted, isMapped } = await stateOf(volume, context);
    const space = isMounted ? await spaceOf(volume) : { sizeBytes: 0, freeBytes: 0, usedPercent: 0 };
    return {
      exists,
      encrypted: volume.encryption,
      type: isCrypt && exists ? "LUKS2" : "none",
      cipher: header.cipher,
      key_bits: header.keyBits,
      slots_used: [...header.slots],
      slots_used_count: header.slots.length,
      is_active: isMapped,
      is_mounted: isMounted,
      is_writable: isMounted && (await isWritable(volume)),
      has_marker: isMounted && (await hasMarker(volume)),
      size_bytes: space.sizeBytes,
      free_bytes: space.freeBytes,
      used_percent: space.usedPercent,
    };
  },
});

/** `luks.testSlot`: nothing is opened and nothing unmounted. */
export const luksTestSlotAction = observing(luksTestSlot, {
  plan: ({ volume, slot, secret }) =>
    volume.encryption === "none"
      ? [noteOf("nothing: there is no key slot", [])]
      : [{ kind: "program", ...testPassphraseCall(volume.path, slot), secrets: { [KEY_FD]: secret } }],
  run: async ({ volume, slot, secret }, context) => {
    const { encryption } = volume;
    if (encryption === "none") return { encrypted: encryption, slot, opens: false };
    const { exitCode } = await context.program({
      ...testPassphraseCall(volume.path, slot),
      secretFds: [{ fd: KEY_FD, bytes: context.secret(secret) }],
    });
    return { encrypted: encryption, slot, opens: exitCode === 0 };
  },
});

/** `luks.prove`: what the kernel says, not what was configured. */
export const luksProveAction = observing(luksProve, {
  plan: ({ path }) => [
    { kind: "program", ...findmntTargetCall(path) },
    noteOf("then lsblk and dmsetup table of what it lies on", provenByHand(path)),
  ],
  run: (args, context) => prove(args.path, context),
});

async function prove(path: string, context: ActionContext): Promise<z.output<typeof luksProve.result>> {
  const silent = { stdout: { to: "callbacks" as const } };
  const [mount] = parseFindmnt((await context.program({ ...findmntTargetCall(path), ...silent })).stdout.toString());
  const source = mount?.source ?? "";
  const chain = [`${mount?.fsType ?? "?"} on ${source}`];
  let isCrypt = false;
  if (source.startsWith("/dev/mapper/")) {
    const name = source.slice("/dev/mapper/".length);
    const targets = parseDmTable((await context.program({ ...dmTableCall(name), ...silent })).stdout.toString());
    isCrypt = targets.length > 0 && targets.every((target) => target.kind === "crypt");
    chain.push(...targets.map((target) => `${target.kind} ${target.cipher ?? ""}`.trim()));
  }
  if (source.startsWith("/dev/")) {
    const devices = parseLsblkChain(
      (await context.program({ ...lsblkInverseCall(source), ...silent })).stdout.toString(),
    );
    const loops = parseLoops((await context.program({ ...allLoopsCall(), ...silent })).stdout.toString());
    for (const device of devices.slice(1)) {
      chain.push(`${device.type} ${device.name}`);
      const file = loops.find((loop) => loop.device === device.name)?.file;
      if (file) chain.push(file);
    }
  }
  return {
    encrypted: isCrypt ? "luks2" : "none",
    on_dm_crypt: isCrypt,
    mount_point: mount?.target ?? "/",
    fs_type: mount?.fsType ?? "unknown",
    chain,
    chain_text: chain.join(", "),
  };
}
