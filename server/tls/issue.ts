// @peculiar/x509 finds its parts by reflection, which must be there first.
import "reflect-metadata";
import type { KeyObject } from "node:crypto";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from "@peculiar/asn1-x509";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { TlsMaterial } from "./chain.ts";

const DAY_MS = 86_400_000;
/** Of the authority: whoever trusts it on a phone must not have to do it again next year. */
const AUTHORITY_DAYS = 3650;
/** Of the server: short, because nobody can take one back. It is renewed by itself. */
const SERVER_DAYS = 30;
/** Certificates begin a little in the past: the clock of a device or a host may be behind ours. */
const CLOCK_SLACK_MS = 3_600_000;

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };

/** A new key of the kind that the local authority and its servers have. */
export function newKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: CURVE.namedCurve }).privateKey;
}

/** Both halves as the library takes them. */
async function pairOf(key: KeyObject): Promise<CryptoKeyPair> {
  const pkcs8 = new Uint8Array(key.export({ type: "pkcs8", format: "der" }));
  const spki = new Uint8Array(createPublicKey(key).export({ type: "spki", format: "der" }));
  return {
    privateKey: await crypto.subtle.importKey("pkcs8", pkcs8, CURVE, false, ["sign"]),
    publicKey: await crypto.subtle.importKey("spki", spki, CURVE, true, ["verify"]),
  };
}

const lifetime = (now: number, days: number) => ({
  notBefore: new Date(now - CLOCK_SLACK_MS),
  notAfter: new Date(now + days * DAY_MS),
});

/**
 * The authority's own certificate, PEM. It is good for these host names (and names below them) and for nothing else: whoever trusts it
 * on their device does not thereby trust it for their bank, should its key be stolen. Addresses are excluded altogether, since a
 * constraint on names says nothing of them.
 */
export async function makeAuthority(key: KeyObject, names: readonly string[], now: number): Promise<string> {
  const keys = await pairOf(key);
  const constraints = new NameConstraints({
    permittedSubtrees: new GeneralSubtrees(names.map((dNSName) => subtree({ dNSName }))),
    excludedSubtrees: new GeneralSubtrees(["0.0.0.0/0", "::/0"].map((iPAddress) => subtree({ iPAddress }))),
  });
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ O: ["Slackwater"] }, { CN: [`Slackwater CA of ${names[0]}`] }],
    ...lifetime(now, AUTHORITY_DAYS),
    signingAlgorithm: SIGNATURE,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new Extension(id_ce_nameConstraints, true, AsnConvert.serialize(constraints)),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return `${certificate.toString("pem")}\n`;
}

const subtree = (base: Partial<GeneralName>) => new GeneralSubtree({ base: new GeneralName(base) });

/** The host names that an authority's certificate is good for. */
export function permittedNames(authorityPem: string): readonly string[] {
  const extension = new X509Certificate(authorityPem).getExtension(id_ce_nameConstraints);
  if (!extension) return [];
  const { permittedSubtrees } = AsnConvert.parse(extension.value, NameConstraints);
  return [...(permittedSubtrees ?? [])].flatMap(({ base }) => base.dNSName ?? []);
}

/** A certificate of the authority for a server of these names, with a new key that only the caller has. The chain ends with the root. */
export async function issueServer(
  authority: { readonly key: KeyObject; readonly certificate: string },
  names: readonly string[],
  now: number,
): Promise<TlsMaterial> {
  const key = newKey();
  const { publicKey } = await pairOf(key);
  const issuer = await pairOf(authority.key);
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: [names[0] ?? ""] }],
    issuer: new X509Certificate(authority.certificate).subjectName,
    ...lifetime(now, SERVER_DAYS),
    signingAlgorithm: SIGNATURE,
    publicKey,
    signingKey: issuer.privateKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns" as const, value }))),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return {
    cert: `${certificate.toString("pem")}\n${authority.certificate}`,
    key: key.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
