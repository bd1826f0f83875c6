import { z } from "zod";
import { Digest } from "../../domain/ids.ts";

/** A host name of this server: passkeys are made under `rpId`, by pages of `origin`. */
export const SiteName = z.object({ rpId: z.string().min(1).max(253), origin: z.url() });
export type SiteName = z.infer<typeof SiteName>;

/**
 * What the web routes must know. main.ts reads the configuration once and hands it on through the environment, because Next
 * loads its own copy of every module (docs/architecture.md, "Two module worlds"): nothing else is shared between the two.
 */
const WebSettings = z.object({
  SLACKWATER_APP_URL: z.url(),
  /** JSON of the names that passkeys may belong to, the current one first; absent: the address alone. */
  SLACKWATER_NAMES: z.string().optional(),
  SLACKWATER_DATABASE_URL: z.string().min(1),
  /** Signs session cookies; made at first start and kept in the state directory. */
  SLACKWATER_SESSION_SECRET: z.string().min(32),
  SLACKWATER_STATE_DIRECTORY: z.string().min(1),
  /** Fingerprint of the server's key (hexadecimal SHA-256), for enrolment tokens. */
  SLACKWATER_SERVER_KEY: z.string().min(1),
  /** `1` only for `npm run demo -- --auto` and tests: a software passkey may be registered; it is marked wherever it shows. */
  SLACKWATER_ALLOW_SOFTWARE_PASSKEY: z.enum(["0", "1"]).default("0"),
  /** How the first admin is made, for whoever comes to a server without people. */
  SLACKWATER_FIRST_ADMIN_COMMAND: z.string().default("npm run -s slackwater -- add-person --help"),
});

/** Settings of the web routes, read from the environment that main.ts prepared. */
export interface Settings {
  readonly appUrl: string;
  readonly databaseUrl: string;
  readonly sessionSecret: string;
  readonly stateDirectory: string;
  /** The server's Ed25519 public key, base64 of 32 raw bytes. */
  readonly serverKey: string;
  /** What hosts pin of the server's TLS now; undefined where there is nothing to pin. It changes with a renewal, without a restart. */
  readonly tlsPin: () => Digest | undefined;
  /** The names that people reach this server by, the current one first (site.ts). More than one while the host name is moved. */
  readonly names: readonly SiteName[];
  /** Where pages may come from: of all names. */
  readonly origins: readonly string[];
  readonly allowSoftwarePasskey: boolean;
  /** To be typed on the server; shown where there is nobody who could sign in. */
  readonly firstAdminCommand: string;
}

/** Reads the settings; throws a ZodError naming the variable when main.ts did not set one. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const read = WebSettings.parse(environment);
  const address = new URL(read.SLACKWATER_APP_URL);
  const names =
    read.SLACKWATER_NAMES === undefined
      ? [{ rpId: address.hostname, origin: address.origin }]
      : z.array(SiteName).min(1).parse(JSON.parse(read.SLACKWATER_NAMES));
  return {
    appUrl: address.origin,
    databaseUrl: read.SLACKWATER_DATABASE_URL,
    sessionSecret: read.SLACKWATER_SESSION_SECRET,
    stateDirectory: read.SLACKWATER_STATE_DIRECTORY,
    serverKey: read.SLACKWATER_SERVER_KEY,
    tlsPin: () => Digest.optional().parse(environment.SLACKWATER_TLS_PIN || undefined),
    names,
    origins: [...new Set(names.map(({ origin }) => origin))],
    allowSoftwarePasskey: read.SLACKWATER_ALLOW_SOFTWARE_PASSKEY === "1",
    firstAdminCommand: read.SLACKWATER_FIRST_ADMIN_COMMAND,
  };
}

/**
 * The name that a page was asked under, by the Host header of its request; the current one where that says nothing. It only chooses among
 * our own names, so that it does not matter who wrote the header.
 */
export function nameAt({ names }: Pick<Settings, "names">, host: string | null): SiteName {
  const [current] = names;
  if (!current) throw new Error("a server has a name");
  return names.find(({ origin }) => new URL(origin).host === host) ?? current;
}

/** What passkeys and signatures of this server may belong to. */
export function siteOf({ names, origins }: Pick<Settings, "names" | "origins">) {
  return { rpIds: [...new Set(names.map(({ rpId }) => rpId))], origins };
}
