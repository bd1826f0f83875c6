import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, expect, test } from "vitest";
import type { RenderPage } from "./publicPages.ts";
import { createPublicPages } from "./publicPages.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function serve(render: RenderPage) {
  const pages = createPublicPages(render, () => {});
  const server = createServer((request, response) => {
    if (!pages.answer(request, response)) response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  closing.push(() => {
    pages.close();
    server.close();
  });
  return { pages, url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}` };
}

test("a thousand readers are one rendering; a change is shown after it, and asked again with 304", async () => {
  let rendered = 0;
  let text = "all is well";
  const { pages, url } = await serve(async () => {
    rendered += 1;
    return { type: "text/html; charset=utf-8", body: Buffer.from(text) };
  });
  const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(`${url}/status`)));
  expect(await answers[0]?.text()).toBe("all is well");
  expect(rendered).toBe(1);
  const etag = answers[0]?.headers.get("etag") ?? "";
  expect((await fetch(`${url}/status`, { headers: { "if-none-match": etag } })).status).toBe(304);
  text = "maintenance";
  pages.changed();
  pages.changed();
  await expect.poll(async () => (await fetch(`${url}/status`)).text()).toBe("maintenance");
  expect(rendered).toBe(2);
});

test("when nothing can be rendered any more the last true page stays up, with its time", async () => {
  let isDown = false;
  const { pages, url } = await serve(async () => {
    if (isDown) throw new Error("the database does not answer");
    return { type: "text/html", body: Buffer.from("as of ten past two") };
  });
  await fetch(`${url}/status`);
  isDown = true;
  pages.changed();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const answer = await fetch(`${url}/status`);
  expect([answer.status, await answer.text()]).toEqual([200, "as of ten past two"]);
  expect(answer.headers.get("last-modified")).toMatch(/GMT$/);
  expect((await fetch(`${url}/api/status`)).status).toBe(503);
});

test("each theme has its own bytes; other pages, other methods and parts of a page are left to others", async () => {
  const { url } = await serve(async (path, cookie) => ({ type: "text/plain", body: Buffer.from(`${path} ${cookie}`) }));
  const dark = await fetch(`${url}/status?from=mail`, { headers: { cookie: "session=secret; slackwater-theme=dark" } });
  expect(await dark.text()).toBe("/status slackwater-theme=dark");
  expect(await (await fetch(`${url}/status`, { headers: { cookie: "slackwater-theme=<b>" } })).text()).toBe("/status ");
  expect((await fetch(`${url}/windows`)).status).toBe(404);
  expect((await fetch(`${url}/status`, { method: "POST" })).status).toBe(404);
  expect((await fetch(`${url}/status`, { headers: { rsc: "1" } })).status).toBe(404);
});
