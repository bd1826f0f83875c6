import type { Digest } from "./ids.ts";

/** SHA-256 over the UTF-8 bytes of a text, in lower-case hexadecimal. Passed in: domain/ computes no hashes itself. */
export type Sha256 = (text: string) => Digest;
