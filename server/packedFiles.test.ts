import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { openPackedFiles } from "./packedFiles.ts";

const folder = mkdtempSync(join(tmpdir(), "slackwater-packed-"));
mkdirSync(join(folder, "chunks"));
writeFileSync(join(folder, "chunks", "run.js"), "the run page");
writeFileSync(join(folder, "chunks", "run.js.br"), brotliCompressSync("the run page"));
writeFileSync(join(folder, "chunks", "run.js.map.br"), brotliCompressSync("no script"));
const files = openPackedFiles(folder);
const server = createServer((asked, response) => {
  if (!files.answer(asked, response)) response.writeHead(404).end("Next's");
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** One request with the header as it is, unlike fetch, which sets its own and unpacks. */
async function ask(path: string, acceptEncoding: string) {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const asked = request({ port, path, headers: { "accept-encoding": acceptEncoding } }).end();
  const [response] = await once(asked, "response");
  const bytes = Buffer.concat(await response.toArray());
  return { status: response.statusCode, headers: response.headers, bytes };
}

test("a script goes out packed, and may be kept for good", async () => {
  const { headers, bytes } = await ask("/_next/static/chunks/run.js?v=1", "gzip, deflate, br, zstd");
  expect(brotliDecompressSync(bytes).toString()).toBe("the run page");
  expect(headers).toMatchObject({
    "content-type": "application/javascript; charset=utf-8",
    "content-encoding": "br",
    "cache-control": "public, max-age=31536000, immutable",
    vary: "accept-encoding",
  });
});

test("whoever can't unpack it, and whatever is no script or style, is left to Next", async () => {
  expect((await ask("/_next/static/chunks/run.js", "gzip")).status).toBe(404);
  expect((await ask("/_next/static/chunks/run.js.map", "br")).status).toBe(404);
  expect((await ask("/_next/static/chunks/../../server/keys.js", "br")).status).toBe(404);
});
