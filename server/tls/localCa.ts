import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../../domain/ids.ts";
import type { TlsMaterial } from "./chain.ts";
import { shown } from "./chain.ts";

const DAY_MS = 86_400_000;
/** The authority's certificate is made anew, with the same key, when less is left of it. */
const AUTHORITY_LEFT_MS = 365 * DAY_MS;

/** The server's own certificate authority, from the state directory. */
export interface LocalCa {
  /** What people and devices trust, PEM. */
  readonly certificate: string;
  /** SHA-256 of its public key: what agents pin, and people compare as six words. */
  readonly fingerprint: Digest;
  /** A fresh certificate for the server with a fresh key, of which nothing is kept on disk. */
  issue(now: number): Promise<TlsMaterial>;
}

/** How a file of the state directory is kept (server/stateFiles.ts): readable by its owner alone, or replaced whole. */
export interface CaFiles {
  readOrMakeSecret(name: string, make: () => string): string;
  replace(name: string, text: string): void;
}

const KEY_FILE = "local-ca-key.pem";
const CERTIFICATE_FILE = "local-ca.pem";

/** The authority's certificate as it lies in a state directory; undefined where none was made yet. */
export function readLocalCa(directory: string): { certificate: string; fingerprint: Digest } | undefined {
  const file = join(directory, CERTIFICATE_FILE);
  if (!existsSync(file)) return undefined;
  const certificate = readFileSync(file, "utf8");
  return { certificate, fingerprint: shown(new X509Certificate(certificate)).key };
}

/**
 * Opens the local authority, making it the first time. Its key is made once; its certificate again when a name is added or it comes to
 * its end. Agents pin the key and notice nothing; devices that trust the certificate are shown the new one.
 *
 * @param names the host names that the server is reached by, in lower case; the first one names the authority
 */
export async function openLocalCa(
  directory: string,
  files: CaFiles,
  names: readonly string[],
  now: number,
): Promise<LocalCa> {
  // Making certificates takes a library that nobody else needs: it is loaded where there is a local authority.
  const { issueServer, makeAuthority, newKey, permittedNames } = await import("./issue.ts");
  const key = createPrivateKey(
    files.readOrMakeSecret(KEY_FILE, () => newKey().export({ type: "pkcs8", format: "pem" }).toString()),
  );
  const known = readLocalCa(directory)?.certificate;
  const isGood = (pem: string) => {
    const certificate = new X509Certificate(pem);
    const permitted = permittedNames(pem);
    return (
      certificate.checkPrivateKey(key) &&
      certificate.validToDate.getTime() - now > AUTHORITY_LEFT_MS &&
      names.every((name) => permitted.includes(name))
    );
  };
  const certificate = known !== undefined && isGood(known) ? known : await makeAuthority(key, names, now);
  if (certificate !== known) files.replace(CERTIFICATE_FILE, certificate);
  return {
    certificate,
    fingerprint: shown(new X509Certificate(certificate)).key,
    issue: (at) => issueServer({ key, certificate }, names, at),
  };
}
