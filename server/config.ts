import { resolve } from "node:path";
import { z } from "zod";
import { keysOf } from "../domain/recordKeys.ts";

/** How this process is to run, read once from its environment and its words. */
export interface Config {
  /** 0: any free one. */
  readonly port: number;
  readonly host: string;
  /** What people type, without a path: passkeys and cookies belong to it. Absent: `http://localhost:<port>`. */
  readonly appUrl: string | undefined;
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
}

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

const Settings = z.object({
  PORT: integer(0, 65_535).default(3000),
  HOST: z.string().min(1).default("127.0.0.1"),
  APP_URL: origin.optional(),
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_OWNER_URL: postgresUrl.optional(),
  STATE_DIRECTORY: z.string().min(1).default(".slackwater"),
  ALLOW_SOFTWARE_PASSKEY: z.enum(["0", "1"]).default("0"),
  LOG_FORMAT: z.enum(["plain", "json"]).default("plain"),
  LEASE_MS: integer(500, 600_000).default(5_000),
});

/** What to say of a setting that does not fit. */
const EXPECTED: Readonly<Record<keyof z.infer<typeof Settings>, string>> = {
  PORT: "a port from 0 (any free one) to 65535",
  HOST: "an address to listen on, such as 127.0.0.1 or 0.0.0.0",
  APP_URL: "the address that people type, such as https://slackwater.example.org, without a path",
  DATABASE_URL: "postgresql://user:password@host:port/database",
  DATABASE_OWNER_URL: "postgresql://owner:password@host:port/database",
  STATE_DIRECTORY: "a folder",
  ALLOW_SOFTWARE_PASSKEY: "0 or 1",
  LOG_FORMAT: "plain or json",
  LEASE_MS: "milliseconds from 500 to 600000",
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
  if (!read.success || wrong.length > 0) {
    throw new ConfigFailure(`The configuration can't be used:\n  ${wrong.join("\n  ")}`);
  }
  const settings = read.data;
  return {
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
  };
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
