import { generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type pg from "pg";
import type { SoftwarePasskey } from "../../scripts/demo/softwarePasskey.ts";
import { createSoftwarePasskey } from "../../scripts/demo/softwarePasskey.ts";
import { startCore } from "../../server/core.ts";

/** Where the people of these tests sign. */
export const SITE = { rpId: "localhost", origin: "http://localhost:3000" };

/** Engine and gateways of one process on a port of their own, as main.ts composes them, without pages. */
export interface TestHouse {
  readonly url: string;
  readonly agentUrl: string;
  readonly log: string[];
  close(): Promise<void>;
}

/** Starts a house on a database whose job tables are there. A cookie is `person=<name>`. */
export async function startHouse(
  databaseUrl: string,
  options: { readonly leaseMs?: number; readonly now?: () => number } = {},
): Promise<TestHouse> {
  const log: string[] = [];
  const httpServer = createServer((_, response) => response.writeHead(404).end());
  httpServer.listen(0, "127.0.0.1");
  await once(httpServer, "listening");
  const { port } = httpServer.address() as AddressInfo;
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const core = await startCore({
    databaseUrl,
    poolSize: 6,
    httpServer,
    signer: {
      publicKey: Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url").toString("base64"),
      sign: (text) => sign(null, Buffer.from(text), privateKey).toString("base64"),
    },
    site: { rpIds: [SITE.rpId], origins: [SITE.origin] },
    personOf: async (headers) => {
      const name = /person=(\w+)/.exec(headers.get("cookie") ?? "")?.[1];
      return name === undefined ? undefined : { userId: name, name, role: "viewer" };
    },
    leaseMs: options.leaseMs ?? 1_500,
    now: options.now ?? Date.now,
    log: (line) => log.push(line),
  });
  return {
    url: `http://127.0.0.1:${port}`,
    agentUrl: `ws://127.0.0.1:${port}/agent`,
    log,
    async close() {
      await core.close();
      httpServer.closeAllConnections();
      httpServer.close();
    },
  };
}

/** A person with a passkey on record. */
export async function addPerson(pool: pg.Pool, userId: string, role: string): Promise<SoftwarePasskey> {
  await pool.query(`insert into "user" (id, name, email, role, updated_at) values ($1, $1, $2, $3, now())`, [
    userId,
    `${userId}@example.org`,
    role,
  ]);
  const passkey = createSoftwarePasskey(SITE);
  await pool.query(
    `insert into passkey (id, user_id, name, credential_id, public_key, software) values ($1, $2, 'test', $1, $3, true)`,
    [passkey.credentialId, userId, passkey.publicKey],
  );
  return passkey;
}
