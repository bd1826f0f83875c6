import { hash, X509Certificate } from "node:crypto";
import type { ShownCertificate } from "../../domain/identity/serverPin.ts";
import { Digest } from "../../domain/ids.ts";

/** What a server shows of itself and proves with: both PEM. */
export interface TlsMaterial {
  /** The server's own certificate first, then who issued it. */
  readonly cert: string;
  readonly key: string;
}

const ONE_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The certificates of a PEM text, in its order. Throws where one can't be read; empty where there is none. */
export function readChain(pem: string): readonly X509Certificate[] {
  return (pem.match(ONE_CERTIFICATE) ?? []).map((text) => new X509Certificate(text));
}

/** What a certificate says of whose it is. */
export function shown(certificate: X509Certificate): ShownCertificate {
  const spki = certificate.publicKey.export({ type: "spki", format: "der" });
  return {
    key: Digest.parse(hash("sha256", spki, "hex")),
    isRoot: certificate.ca && certificate.checkIssued(certificate),
  };
}
