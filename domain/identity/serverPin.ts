import type { Digest } from "../ids.ts";

/** One certificate that a server shows, as far as it says who the server is. */
export interface ShownCertificate {
  /** SHA-256 of its public key (SPKI in DER). */
  readonly key: Digest;
  /** An authority that issued itself: a root, not somebody's in between. */
  readonly isRoot: boolean;
}

/**
 * What an agent pins of a server: the key of the root, where the server shows one after its own certificate, else the server's own
 * key. So a certificate can be renewed with a new key below the same root, and without a root only with the same key. Server and agent
 * apply the same rule to the same chain, and thereby show the same six words.
 *
 * @param chain the server's own certificate first
 */
export function pinOf(chain: readonly ShownCertificate[]): Digest | undefined {
  const [own, ...above] = chain;
  const last = above.at(-1);
  return last?.isRoot === true ? last.key : own?.key;
}
