import type { X509Certificate } from "node:crypto";
import { createHash } from "node:crypto";
import { isIP } from "node:net";
import type { TLSSocket } from "node:tls";
import { connect } from "node:tls";
import type { ShownCertificate } from "../../domain/identity/serverPin.ts";
import { Digest } from "../../domain/ids.ts";

/** One certificate of those that a server shows. Who shows it has proved nothing yet. */
export interface Presented extends ShownCertificate {
  readonly pem: string;
}

/** More than any server shows; whoever shows more is not one of ours. */
const MOST_CERTIFICATES = 10;

/**
 * The certificates that answer at an address, the server's own first. This looks only: nothing is sent but the handshake of TLS, and the
 * connection is ended before it could be used. Rejects when nobody answers, or nobody who speaks TLS.
 */
export function presentedAt(url: URL, withinMs: number, signal?: AbortSignal): Promise<readonly Presented[]> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: url.port === "" ? 443 : Number(url.port),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      // Whom to believe is decided by what is shown here, and then the real connection is made under that (pinnedTls.ts).
      rejectUnauthorized: false,
    });
    const end = (error?: Error) => socket.destroy(error);
    const timer = setTimeout(() => end(new Error(`no answer within ${withinMs / 1000} s`)), withinMs);
    const abort = () => end(new Error("the agent ends"));
    if (signal?.aborted === true) abort();
    signal?.addEventListener("abort", abort, { once: true });
    socket.once("secureConnect", () => {
      resolve(chainOf(socket));
      end();
    });
    socket.once("error", reject);
    socket.once("close", () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      reject(new Error("the connection was closed before the server showed its certificate"));
    });
  });
}

function chainOf(socket: TLSSocket): readonly Presented[] {
  const chain = new Map<string, X509Certificate>();
  let next = socket.getPeerX509Certificate();
  // A root names itself as its issuer.
  while (next !== undefined && !chain.has(next.fingerprint256) && chain.size < MOST_CERTIFICATES) {
    chain.set(next.fingerprint256, next);
    next = next.issuerCertificate;
  }
  return [...chain.values()].map((certificate) => ({
    key: Digest.parse(
      createHash("sha256")
        .update(certificate.publicKey.export({ type: "spki", format: "der" }))
        .digest("hex"),
    ),
    isRoot: certificate.ca && certificate.checkIssued(certificate),
    pem: certificate.toString(),
  }));
}
