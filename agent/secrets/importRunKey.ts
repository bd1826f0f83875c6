/** The private key of a run (PKCS #8, X25519) as the library of age wants it. `pkcs8` stays the caller's, to be wiped. */
export async function importRunKey(pkcs8: Buffer, options: { isExtractable: boolean }): Promise<CryptoKey> {
  const copy = new Uint8Array(pkcs8);
  try {
    return await crypto.subtle.importKey("pkcs8", copy, { name: "X25519" }, options.isExtractable, ["deriveBits"]);
  } finally {
    copy.fill(0);
  }
}
