import type { X509Certificate } from "node:crypto";
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import type { TlsMaterial } from "./chain.ts";
import { readChain } from "./chain.ts";

/** A certificate or key that the server can't work with; the message says which file, why, and what to do. */
export class TlsFailure extends Error {
  override readonly name = "TlsFailure";
}

/** Reads the files of TLS_CERT and TLS_KEY. Throws a TlsFailure where they can't be read or are not each other's. */
export function readGiven(files: { readonly certFile: string; readonly keyFile: string }): TlsMaterial {
  const { certFile, keyFile } = files;
  const cert = readText(certFile, "TLS_CERT");
  const own = firstOf(cert, certFile, "TLS_CERT");
  const key = readText(keyFile, "TLS_KEY");
  if (!own.checkPrivateKey(readKey(key, keyFile))) {
    throw new TlsFailure(
      `The key in ${keyFile} (TLS_KEY) does not belong to the first certificate in ${certFile} (TLS_CERT). Name the two that were made together; the server's own certificate stands first.`,
    );
  }
  return { cert, key };
}

/** Reads a file of certificates, the server's own first. Throws a TlsFailure naming the setting where there is none in it. */
export function readCertificates(file: string, setting: string): string {
  const text = readText(file, setting);
  firstOf(text, file, setting);
  return text;
}

function firstOf(pem: string, file: string, setting: string): X509Certificate {
  try {
    const [own] = readChain(pem);
    if (own) return own;
  } catch (cause) {
    throw new TlsFailure(`${file} (${setting}) holds a certificate that can't be read: ${String(cause)}`, { cause });
  }
  throw new TlsFailure(
    `${file} (${setting}) holds no certificate. A PEM file is wanted: the lines from BEGIN CERTIFICATE on.`,
  );
}

function readKey(pem: string, file: string) {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new TlsFailure(
      `${file} (TLS_KEY) holds no key that can be read. A PEM file without a passphrase is wanted, readable by this account alone.`,
      { cause },
    );
  }
}

function readText(file: string, setting: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new TlsFailure(`${file} (${setting}) can't be read (${code}). Let the account of the server read it.`, {
      cause,
    });
  }
}
