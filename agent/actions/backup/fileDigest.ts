import type { ActionContext } from "../../process/actionContext.ts";
import { createHasher, hashFile, pieceBuffer } from "../files/contentHash.ts";

/** SHA-256 of a file's bytes, hexadecimal; read no faster than the task's throttle allows. */
export async function fileDigest(path: string, { signal, allow }: ActionContext): Promise<string> {
  return hashFile(path, await createHasher("sha256"), {
    buffer: pieceBuffer(),
    signal,
    allow: (bytes) => allow(bytes, "bytes"),
  });
}
