import { X509Certificate } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { fingerprintWords } from "./identity/words.ts";
import { shown } from "./tls/chain.ts";

const PAGE = "/ca";
const FILE = "/ca/slackwater-ca.crt";

/**
 * Serves the local authority's certificate and how to trust it, to anybody: a phone that does not trust it yet has nothing else to go by.
 * The answer is true for the two addresses that are its own.
 */
export function createCaPage(certificate: string): (request: IncomingMessage, response: ServerResponse) => boolean {
  const page = pageOf(certificate);
  return (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") return false;
    const path = request.url?.split("?", 1)[0];
    const body = path === PAGE ? page : path === FILE ? certificate : undefined;
    if (body === undefined) return false;
    const type = path === PAGE ? "text/html; charset=utf-8" : "application/x-x509-ca-cert";
    response.writeHead(200, { "content-type": type, "content-length": Buffer.byteLength(body) });
    response.end(request.method === "HEAD" ? undefined : body);
    return true;
  };
}

/** Plain on purpose: it must be readable on any device, before anything of Slackwater is trusted. Names are host names: no markup in them. */
function pageOf(certificate: string): string {
  const { subject, validTo } = new X509Certificate(certificate);
  const words = fingerprintWords(shown(new X509Certificate(certificate)).key).join(" ");
  const name = subject.split("\n").find((part) => part.startsWith("CN="));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Certificate authority of this Slackwater</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}</style>
<h1>Certificate authority of this Slackwater</h1>
<p>${name?.slice(3) ?? ""}, until ${validTo}.</p>
<p>Its fingerprint in six words: <strong>${words}</strong></p>
<p>Anybody can put up a page like this one. Before you trust the certificate, ask whoever runs the server to type
<code>slackwater ca</code> there and to read the six words to you: they must be these, in this order.</p>
<p><a href="${FILE}">Download the certificate</a>, open it, and let your device trust it for web sites. It is good for the names of this
server only.</p>
</html>
`;
}
