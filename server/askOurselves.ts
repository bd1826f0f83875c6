import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { request } from "node:http";
import { request as requestByTls } from "node:https";
import type { RenderPage } from "./publicPages.ts";
import type { TlsMaterial } from "./tls/chain.ts";
import { readChain } from "./tls/chain.ts";

/** A header that only this process knows: its requests go to Next, past the bytes that they are to make. */
const OWN_HEADER = "x-slackwater-own";
const ownWord = randomBytes(24).toString("base64url");
const WITHIN_MS = 5_000;

/** True for a request that this process made of itself. */
export function isOurOwn(asked: IncomingMessage): boolean {
  return asked.headers[OWN_HEADER] === ownWord;
}

/**
 * Renders a page by asking our own server for it, over loopback or the one address that it listens on.
 *
 * @param material what the server shows, where it speaks TLS
 */
export function askOurselves(host: string, port: number, material: () => TlsMaterial | undefined): RenderPage {
  const hostname = { "0.0.0.0": "127.0.0.1", "::": "::1" }[host] ?? host;
  return (path, cookie) => {
    const answered = Promise.withResolvers<Awaited<ReturnType<RenderPage>>>();
    const options = { hostname, port, path, timeout: WITHIN_MS, headers: { [OWN_HEADER]: ownWord, cookie } };
    const take = (response: IncomingMessage): void => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", answered.reject);
      response.on("end", () => {
        const type = response.headers["content-type"] ?? "text/html; charset=utf-8";
        if (response.statusCode === 200) answered.resolve({ type, body: Buffer.concat(parts) });
        else answered.reject(new Error(`it answered ${response.statusCode}`));
      });
    };
    const own = material();
    const asking = own ? requestByTls({ ...options, ...onlyOurselves(own) }, take) : request(options, take);
    asking.on("timeout", () => asking.destroy(new Error(`no answer within ${WITHIN_MS} ms`)));
    asking.on("error", answered.reject);
    asking.end();
    return answered.promise;
  };
}

/**
 * Nobody else's certificate than our own is taken, and the own word goes to nobody else. Which name stands in it does not matter: we ask
 * an address of this machine.
 */
function onlyOurselves({ cert }: TlsMaterial) {
  const [own] = readChain(cert);
  return { ca: own?.toString() ?? "", allowPartialTrustChain: true, checkServerIdentity: () => undefined };
}
