import type { VolumeTarget } from "../../../domain/action/volumeTarget.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { LuksHeader } from "../../tools/cryptsetup.ts";
import { luksDumpCall, parseLuksMetadata } from "../../tools/cryptsetup.ts";

/** What the LUKS2 header on the disk says: cipher, key size, slots in use. */
export async function headerOf(volume: VolumeTarget, context: ActionContext): Promise<LuksHeader> {
  const { stdout } = await context.program({ ...luksDumpCall(volume.path), stdout: { to: "callbacks" } });
  return parseLuksMetadata(stdout.toString());
}
