import { hash } from "node:crypto";
import { Digest } from "../../domain/ids.ts";

/** SHA-256 of a text's UTF-8 bytes, as domain/ asks for it. */
export function sha256(text: string): Digest {
  return Digest.parse(hash("sha256", text, "hex"));
}
