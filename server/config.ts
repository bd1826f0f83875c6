import { isIP } from "node:net";
import { resolve } from "node:path";
import { z } from "zod";
import { keysOf } from "../domain/recordKeys.ts";
import { parseDuration } from "../domain/time.ts";
import type { Kept } from "./db/retention/sweep.ts";
import type { TlsSource } from "./tls/identity.ts";
import { isLoopbackAddress, isProxyName } from "./trustedProxies.ts";

/** How this process is to run, read once from its environment and its words. */
export interface Config {
  /** 0: any free one. */
  readonly port: number;
  readonly host: string;
  /** What people type, without a path: passkeys and cookies belong to it. Absent: `localhost` with the port, http or https. */
  readonly appUrl: string | undefined;
  readonly tls: TlsSource;
  /** Addresses and networks whose word about whoever asked them is believed. */
  readonly proxies: readonly string[];
  /** Absent: the embedded PostgreSQL. */
  readonly database: { readonly appUrl: string; readonly ownerUrl: string; readonly appRole?: string } | undefined;
  /** Absolute. Holds the embedded cluster, the server's key and what signs sessions. */
  readonly stateDirectory: string;
  readonly allowSoftwarePasskey: boolean;
  readonly logFormat: "plain" | "json";
  readonly dev: boolean;
  /** False: engine and gateways only. */
  readonly web: boolean;
  readonly leaseMs: number;
  readonly metrics: MetricsAccess;
  /** How long what decides nothing any more is kept. */
  readonly kept: Kept;
}

/** Who may read /metrics: whoever has a token, besides them this machine, or nobody. */
export type MetricsAccess = "token" | "loopback" | "off";

/** A setting that can't be used; the message names it, what it is and what was expected. */
export class ConfigFailure extends Error {
  override readonly name = "ConfigFailure";
}

const integer = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most));

const postgresUrl = z.string().refine((text) => {
  const url = URL.parse(text);
  return url !== null && ["postgres:", "postgresql:"].includes(url.protocol) && url.pathname.length > 1;
});

const origin = z.string().refine((text) => {
  const url = URL.parse(text);
  return url !== null && ["http:", "https:"].includes(url.protocol) && url.pathname === "/" && !url.search && !url.hash;
});

const proxyNames = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((part) => part !== ""))
  .refine((names) => names.length > 0 && names.every(isProxyName));

const DAY_MS = 86_400_000;

/** `30d`, at least a day: what is younger may still be looked at. `forever`: without end. */
const keptFor = z
  .string()
  .transform((text) => (text === "forever" ? Number.POSITIVE_INFINITY : (parseDuration(text) ?? 0)))
  .refine((ms) => ms >= DAY_MS);

const Settings = z.object({
  PORT: integer(0, 65_535).default(3000),
  HOST: z.string().min(1).default("127.0.0.1"),
  APP_URL: origin.optional(),
  TLS_CERT: z.string().min(1).optional(),
  TLS_KEY: z.string().min(1).optional(),
  TLS_LOCAL_CA: z.enum(["0", "1"]).default("0"),
  TRUSTED_PROXIES: proxyNames.optional(),
  PROXY_CERT: z.string().min(1).optional(),
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_OWNER_URL: postgresUrl.optional(),
  STATE_DIRECTORY: z.string().min(1).default(".slackwater"),
  ALLOW_SOFTWARE_PASSKEY: z.enum(["0", "1"]).default("0"),
  LOG_FORMAT: z.enum(["plain", "json"]).default("plain"),
  LEASE_MS: integer(500, 600_000).default(5_000),
  METRICS: z.enum(["token", "loopback", "off"]).default("token"),
  KEEP_READINGS: keptFor.default(30 * DAY_MS),
  KEEP_OUTPUT: keptFor.default(400 * DAY_MS),
  KEEP_SIGN_INS: keptFor.default(30 * DAY_MS),
  KEEP_INCIDENTS: keptFor.default(400 * DAY_MS),
});

/** What to say of a setting that does not fit. */
const EXPECTED: Readonly<Record<keyof z.infer<typeof Settings>, string>> = {
  PORT: "a port from 0 (any free one) to 65535",
  HOST: "an address to listen on, such as 127.0.0.1 or 0.0.0.0",
  APP_URL: "the address that people type, such as https://slackwater.example.org, without a path",
  TLS_CERT: "a PEM file with the server's certificate, and after it who issued it",
  TLS_KEY: "a PEM file with the certificate's key",
  TLS_LOCAL_CA: "0 or 1",
  TRUSTED_PROXIES: "addresses or networks, such as 10.0.0.5, 10.1.0.0/16",
  PROXY_CERT: "a PEM file with the certificate that the proxy shows",
  DATABASE_URL: "postgresql://user:password@host:port/database",
  DATABASE_OWNER_URL: "postgresql://owner:password@host:port/database",
  STATE_DIRECTORY: "a folder",
  ALLOW_SOFTWARE_PASSKEY: "0 or 1",
  LOG_FORMAT: "plain or json",
  LEASE_MS: "milliseconds from 500 to 600000",
  METRICS: "token, loopback or off",
  KEEP_READINGS: "a day or more, such as 30d, or forever",
  KEEP_OUTPUT: "a day or more, such as 400d, or forever",
  KEEP_SIGN_INS: "a day or more, such as 30d, or forever",
  KEEP_INCIDENTS: "a day or more, such as 400d, or forever",
};

const WORDS = ["--dev", "--no-web"];

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration.
 * @throws ConfigFailure naming every setting that can't be used, and what was expected of it
 */
export function readConfig(environment: Environment, words: readonly string[]): Config {
  const wrong = words.filter((word) => !WORDS.includes(word)).map((word) => `${word}: expected ${WORDS.join(" or ")}`);
  // An empty variable is what many tools make of an absent one.
  const given = Object.fromEntries(keysOf(EXPECTED).map((name) => [name, environment[name] || undefined]));
  const read = Settings.safeParse(given);
  const bad = new Set(read.error?.issues.map((issue) => issue.path[0]));
  for (const name of keysOf(EXPECTED)) {
    // An address of a database holds a password, and this is said into a log.
    const said = name.startsWith("DATABASE_") ? name : `${name}=${given[name]}`;
    if (bad.has(name)) wrong.push(`${said}: expected ${EXPECTED[name]}`);
  }
  if (given.DATABASE_OWNER_URL !== undefined && given.DATABASE_URL === undefined) {
    wrong.push(
      "DATABASE_OWNER_URL: expected together with DATABASE_URL, the address of the role that Slackwater runs as",
    );
  }
  if (read.success) wrong.push(...tlsFaults(read.data));
  if (!read.success || wrong.length > 0) {
    throw new ConfigFailure(`The configuration can't be used:\n  ${wrong.join("\n  ")}`);
  }
  const settings = read.data;
  return {
    tls: tlsOf(settings),
    proxies: settings.TRUSTED_PROXIES ?? [],
    port: settings.PORT,
    host: settings.HOST,
    appUrl: withoutSlash(settings.APP_URL),
    database: databaseOf(settings.DATABASE_URL, settings.DATABASE_OWNER_URL),
    stateDirectory: resolve(settings.STATE_DIRECTORY),
    allowSoftwarePasskey: settings.ALLOW_SOFTWARE_PASSKEY === "1",
    logFormat: settings.LOG_FORMAT,
    dev: words.includes("--dev"),
    web: !words.includes("--no-web"),
    leaseMs: settings.LEASE_MS,
    metrics: settings.METRICS,
    kept: {
      readingsMs: settings.KEEP_READINGS,
      outputMs: settings.KEEP_OUTPUT,
      signInsMs: settings.KEEP_SIGN_INS,
      incidentsMs: settings.KEEP_INCIDENTS,
    },
  };
}

/** True where the server itself speaks TLS. */
export function speaksTls({ tls }: Pick<Config, "tls">): boolean {
  return tls.kind === "given" || tls.kind === "localCa";
}

/** The address that people type: APP_URL, or this machine by the name that passkeys take. */
export function addressOf(config: Pick<Config, "appUrl" | "tls">, port: number): string {
  return config.appUrl ?? `${speaksTls(config) ? "https" : "http"}://localhost:${port}`;
}

type Read = z.infer<typeof Settings>;

/** Where TLS comes from. Takes what `tlsFaults` found nothing in. */
function tlsOf({ TLS_CERT, TLS_KEY, TLS_LOCAL_CA, TRUSTED_PROXIES, PROXY_CERT }: Read): TlsSource {
  if (TLS_CERT !== undefined && TLS_KEY !== undefined) {
    return { kind: "given", certFile: resolve(TLS_CERT), keyFile: resolve(TLS_KEY) };
  }
  if (TLS_LOCAL_CA === "1") return { kind: "localCa" };
  if (TRUSTED_PROXIES === undefined) return { kind: "none" };
  return { kind: "proxy", certFile: PROXY_CERT === undefined ? undefined : resolve(PROXY_CERT) };
}

/** What does not go together. Without TLS whoever is on the way reads passwords and sessions: that is refused, not warned of. */
function tlsFaults(read: Read): readonly string[] {
  const { HOST, APP_URL, TLS_CERT, TLS_KEY, TLS_LOCAL_CA, TRUSTED_PROXIES, PROXY_CERT } = read;
  const faults: string[] = [];
  const hasOwn = TLS_CERT !== undefined || TLS_LOCAL_CA === "1";
  const isLocal = HOST === "localhost" || isLoopbackAddress(HOST);
  if ((TLS_CERT === undefined) !== (TLS_KEY === undefined)) {
    faults.push("TLS_CERT and TLS_KEY: expected both, the certificate and its key");
  }
  if (TLS_CERT !== undefined && TLS_LOCAL_CA === "1") {
    faults.push(
      "TLS_LOCAL_CA=1: expected without TLS_CERT; the server shows either that certificate or one of its own",
    );
  }
  if (PROXY_CERT !== undefined && (TRUSTED_PROXIES === undefined || hasOwn)) {
    faults.push("PROXY_CERT: expected with TRUSTED_PROXIES, and without a certificate of the server's own");
  }
  if (!hasOwn && TLS_KEY === undefined && TRUSTED_PROXIES === undefined && !isLocal) {
    faults.push(
      `HOST=${HOST}: without TLS whoever is on the way reads passwords and sessions. Give TLS_CERT and TLS_KEY, or TLS_LOCAL_CA=1 for an authority of the server's own, or name the proxy that has the certificate in TRUSTED_PROXIES, or listen on 127.0.0.1 (docs/operating/https.md)`,
    );
  }
  if ((hasOwn || TRUSTED_PROXIES !== undefined) && APP_URL?.startsWith("http:")) {
    faults.push(`APP_URL=${APP_URL}: expected https://, since that is what people type now`);
  }
  if (!hasOwn && TRUSTED_PROXIES !== undefined && APP_URL === undefined) {
    faults.push("APP_URL: expected with TRUSTED_PROXIES, the https address that people type");
  }
  if (TLS_LOCAL_CA === "1" && APP_URL !== undefined && isIP(new URL(APP_URL).hostname.replace(/^\[|\]$/g, "")) !== 0) {
    faults.push(
      `APP_URL=${APP_URL}: expected a host name; passkeys and the local authority are for names, not addresses`,
    );
  }
  return faults;
}

function withoutSlash(address: string | undefined): string | undefined {
  return address === undefined ? undefined : new URL(address).origin;
}

/** With one address for both, Slackwater runs as the owner: triggers alone then guard the log, which is weaker. */
function databaseOf(appUrl: string | undefined, ownerUrl: string | undefined): Config["database"] {
  if (appUrl === undefined) return undefined;
  if (ownerUrl === undefined) return { appUrl, ownerUrl: appUrl };
  const appRole = decodeURIComponent(URL.parse(appUrl)?.username ?? "");
  const owner = decodeURIComponent(URL.parse(ownerUrl)?.username ?? "");
  return { appUrl, ownerUrl, ...(appRole === "" || appRole === owner ? {} : { appRole }) };
}
