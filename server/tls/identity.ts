import { X509Certificate } from "node:crypto";
import { pinOf } from "../../domain/identity/serverPin.ts";
import type { Digest } from "../../domain/ids.ts";
import type { TlsMaterial } from "./chain.ts";
import { readChain, shown } from "./chain.ts";
import { readCertificates, readGiven } from "./givenFiles.ts";
import type { CaFiles } from "./localCa.ts";
import { openLocalCa } from "./localCa.ts";

/** Where the server's TLS comes from, if it has any of its own. */
export type TlsSource =
  | { readonly kind: "none" }
  /** Plain behind a proxy; the file, where it is named, holds the proxy's certificates, the proxy's own first. */
  | { readonly kind: "proxy"; readonly certFile: string | undefined }
  | { readonly kind: "given"; readonly certFile: string; readonly keyFile: string }
  | { readonly kind: "localCa" };

/** Who the server is towards those who connect by TLS. */
export interface ServerIdentity {
  /** Undefined where the server itself speaks plain HTTP. */
  readonly material: () => TlsMaterial | undefined;
  /** What agents pin now (domain/identity/serverPin.ts); undefined where there is nothing to pin. */
  readonly pin: () => Digest | undefined;
  /** The local authority's certificate, PEM; undefined where there is none. */
  readonly caCertificate: string | undefined;
  close(): void;
}

/** Files are looked at so often: a renewal counts at once, and two small files cost nothing. */
const LOOK_EVERY_MS = 2_000;
const DAY_MS = 86_400_000;
/** The certificate that we issue ourselves is renewed when so much is left of it; it is made for three times that. */
const RENEW_LEFT_MS = 10 * DAY_MS;
/** Somebody else's certificate is spoken of when so much is left: they forget. */
const WARN_LEFT_MS = 14 * DAY_MS;

interface Options {
  readonly source: TlsSource;
  /** The host names that the server is reached by. */
  readonly names: readonly string[];
  readonly stateDirectory: string;
  readonly files: CaFiles;
  /** Told when certificate or pin are others than before. */
  readonly changed: () => void;
  readonly now: () => number;
  readonly log: (line: string) => void;
  /** Between two looks at the files; tests are in more of a hurry. */
  readonly lookEveryMs?: number;
}

const NOTHING: ServerIdentity = {
  material: () => undefined,
  pin: () => undefined,
  caCertificate: undefined,
  close: () => {},
};

/** Opens the server's identity and keeps it fresh. Throws in words where a certificate or key can't be used. */
export async function openServerIdentity(options: Options): Promise<ServerIdentity> {
  const { source } = options;
  switch (source.kind) {
    case "none":
      return NOTHING;
    case "proxy":
      return source.certFile === undefined ? NOTHING : behindProxy(source.certFile, options);
    case "given":
      return given(source, options);
    case "localCa":
      return ofLocalCa(options);
    default:
      return source satisfies never;
  }
}

const pinOfPem = (pem: string): Digest | undefined => pinOf(readChain(pem).map(shown));

function behindProxy(certFile: string, options: Options): ServerIdentity {
  const read = () => readCertificates(certFile, "PROXY_CERT");
  let cert = read();
  const watch = lookAgain(() => {
    const next = read();
    if (next === cert) return;
    sayNewPin(cert, next, options.log);
    cert = next;
    options.changed();
  }, options);
  return { ...NOTHING, pin: () => pinOfPem(cert), close: watch.stop };
}

function given(files: { certFile: string; keyFile: string }, options: Options): ServerIdentity {
  const { names, changed, now, log } = options;
  let material = readGiven(files);
  const warn = endWarning(now, log);
  const [own] = readChain(material.cert);
  const name = names[0] ?? "";
  if (own?.checkHost(name) === undefined) {
    log(`the certificate in ${files.certFile} is not for ${name}: browsers and agents will refuse it`);
  }
  warn(material.cert);
  const watch = lookAgain(() => {
    const next = readGiven(files);
    warn(next.cert);
    if (next.cert === material.cert && next.key === material.key) return;
    sayNewPin(material.cert, next.cert, log);
    material = next;
    log(`a new certificate from ${files.certFile} is in use, without a restart`);
    changed();
  }, options);
  return {
    material: () => material,
    pin: () => pinOfPem(material.cert),
    caCertificate: undefined,
    close: watch.stop,
  };
}

async function ofLocalCa(options: Options): Promise<ServerIdentity> {
  const { stateDirectory, files, names, changed, now, log } = options;
  const ca = await openLocalCa(stateDirectory, files, names, now());
  let material = await ca.issue(now());
  let isIssuing = false;
  const watch = lookAgain(() => {
    const { validToDate } = new X509Certificate(material.cert);
    if (isIssuing || validToDate.getTime() - now() > RENEW_LEFT_MS) return;
    isIssuing = true;
    ca.issue(now())
      .then((next) => {
        material = next;
        log("a new certificate of the local authority is in use");
        changed();
      })
      .catch((error: unknown) => log(`no new certificate could be made: ${String(error)}`))
      .finally(() => {
        isIssuing = false;
      });
  }, options);
  return {
    material: () => material,
    pin: () => ca.fingerprint,
    caCertificate: ca.certificate,
    close: watch.stop,
  };
}

/** Looks again and again. What goes wrong is said once, and what was there before stays in use: a renewal is often written half by half. */
function lookAgain(look: () => void, { log, lookEveryMs = LOOK_EVERY_MS }: Options): { stop(): void } {
  let trouble: string | undefined;
  const timer = setInterval(() => {
    try {
      look();
      trouble = undefined;
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      if (said !== trouble) log(`the certificate in use stays: ${said}`);
      trouble = said;
    }
  }, lookEveryMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Hosts that pinned the old key will refuse the new one: whoever renewed must hear of it at once, not from the hosts. */
function sayNewPin(before: string, after: string, log: (line: string) => void): void {
  if (pinOfPem(before) === pinOfPem(after)) return;
  log(
    "the server shows another key now: hosts that pinned the old one stay away until their owner says `slackwater-agent trust server`",
  );
}

/** Says once of each certificate that its end is near. */
function endWarning(now: () => number, log: (line: string) => void): (pem: string) => void {
  let said: string | undefined;
  return (pem) => {
    const [own] = readChain(pem);
    if (own === undefined || said === own.fingerprint256) return;
    const leftMs = own.validToDate.getTime() - now();
    if (leftMs > WARN_LEFT_MS) return;
    said = own.fingerprint256;
    log(
      leftMs <= 0
        ? `the certificate has ended on ${own.validTo}: renew it now`
        : `the certificate ends on ${own.validTo}: renew it`,
    );
  };
}
