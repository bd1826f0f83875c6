import { once } from "node:events";
import type { Server } from "node:https";
import { createServer } from "node:https";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { askServer } from "../../../agent/enrol/askServer.ts";
import { Digest } from "../../../domain/ids.ts";
import { readChain, shown } from "../../../server/tls/chain.ts";
import { issueServer, makeAuthority, newKey } from "../../../server/tls/issue.ts";

const DAY_MS = 86_400_000;

/** An authority for this machine's name, and what a host would pin of it. */
async function authority() {
  const key = newKey();
  const certificate = await makeAuthority(key, ["localhost", "elsewhere.example"], Date.now() - 400 * DAY_MS);
  const [root] = readChain(certificate);
  if (!root) throw new Error("no authority was made");
  return { key, certificate, pin: shown(root).key };
}

let ours: Awaited<ReturnType<typeof authority>>;
let theirs: Awaited<ReturnType<typeof authority>>;
beforeAll(async () => {
  [ours, theirs] = [await authority(), await authority()];
});

let server: Server | undefined;
let asked = 0;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  asked = 0;
});

/** A server that shows this chain; answers its address. */
async function serve(material: { cert: string; key: string }): Promise<string> {
  server = createServer(material, (_, response) => {
    asked += 1;
    response.writeHead(200, { "content-type": "application/json" }).end('{"hello":"host"}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return `https://localhost:${address.port}/`;
}

describe("what is said to a server under a pinned key", () => {
  test("reaches the one that the pinned authority vouches for, and the one that has the pinned key itself", async () => {
    const material = await issueServer(ours, ["localhost"], Date.now());
    expect(await askServer(await serve(material), {}, ours.pin)).toMatchObject({ isOk: true, body: { hello: "host" } });
    server?.close();
    const [own] = readChain(material.cert);
    const alone = { ...material, cert: own?.toString() ?? "" };
    const pin = own ? shown(own).key : Digest.parse("");
    expect(await askServer(await serve(alone), {}, pin)).toMatchObject({ isOk: true });
    expect(asked).toBe(2);
  });

  test.each([
    [
      "only carries the pinned authority's certificate along",
      async () => ({ issuer: theirs, show: ours }),
      "certificate",
    ],
    ["shows a certificate for another name", async () => ({ names: ["elsewhere.example"] }), "altnames"],
    ["shows one that has ended", async () => ({ at: Date.now() - 60 * DAY_MS }), "expired"],
    ["is vouched for by somebody else", async () => ({ issuer: theirs, show: theirs }), "another TLS key"],
  ] as const)("never reaches one that %s", async (_what, how, words) => {
    const {
      issuer = ours,
      show = ours,
      names = ["localhost"],
      at = Date.now(),
    } = (await how()) as {
      issuer?: typeof ours;
      show?: typeof ours;
      names?: string[];
      at?: number;
    };
    const { cert, key } = await issueServer(issuer, names, at);
    const [own] = readChain(cert);
    const address = await serve({ cert: `${own}\n${show.certificate}`, key });
    await expect(askServer(address, { token: "a secret" }, ours.pin)).rejects.toThrow(words);
    expect(asked).toBe(0);
  });

  test("nor one of which nothing is pinned and that nobody known vouches for", async () => {
    const address = await serve(await issueServer(ours, ["localhost"], Date.now()));
    await expect(askServer(address, { token: "a secret" }, undefined)).rejects.toThrow("can't be reached");
    expect(asked).toBe(0);
  });

  test("a redirect is not followed: what is said would go to whoever it names", async () => {
    const material = await issueServer(ours, ["localhost"], Date.now());
    const address = await serve(material);
    server?.removeAllListeners("request");
    server?.on("request", (_, response) => void response.writeHead(307, { location: address }).end());
    expect(await askServer(address, {}, ours.pin)).toMatchObject({ status: 307, isOk: false });
  });
});
