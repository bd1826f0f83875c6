import { hash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import type { Log } from "./log.ts";

/**
 * The public pages as bytes: rendered by Next when something changed, kept, and served before Next, so that a thousand users who
 * look cost nothing and the last true page stays up when Next, the engine or the database is down.
 */
export interface PublicPages {
  /** Takes a request for a public page; false where it is for somebody else. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
  /** Something that a page shows may have changed. */
  changed(): void;
  close(): void;
}

/** What Next makes of a page: the body of an answer 200, and its type. Anything else is undefined. */
export type RenderPage = (path: string, cookie: string) => Promise<{ type: string; body: Buffer } | undefined>;

/** The public pages. They are the same for everyone, but for the theme that a cookie asks for. */
const PATHS: ReadonlySet<string> = new Set(["/status", "/api/status"]);
const THEME = /(?:^|;\s*)(slackwater-theme=(?:light|dark))(?:;|$)/;
/** Many changes of one moment are one rendering. */
const GATHER_MS = 200;
/** Times and forecasts on a page move on by themselves: one that is asked for is rendered again after so long. */
const FRESH_MS = 10_000;
const MOST_PAGES = 16;

interface Page {
  readonly type: string;
  readonly body: Buffer;
  readonly zipped: Buffer;
  readonly etag: string;
  readonly renderedAt: Date;
  renderedAtMs: number;
}

/** Makes them. `render` asks Next. */
export function createPublicPages(render: RenderPage, log: Log): PublicPages {
  const pages = new Map<string, Page>();
  const rendering = new Map<string, Promise<Page | undefined>>();
  let gathering: NodeJS.Timeout | undefined;

  const renderOnce = async (key: string): Promise<Page | undefined> => {
    const [path = "", cookie = ""] = key.split(" ");
    const rendered = await render(path, cookie).catch((error: unknown) => {
      log(`the public page ${path} could not be rendered: ${String(error)}`);
      return undefined;
    });
    // What was true last stays, and says when that was.
    if (!rendered) return pages.get(key);
    const { type, body } = rendered;
    const etag = `"${hash("sha256", body, "base64url").slice(0, 27)}"`;
    const page = { type, body, zipped: gzipSync(body), etag, renderedAt: new Date(), renderedAtMs: performance.now() };
    if (!pages.has(key) && pages.size >= MOST_PAGES) pages.clear();
    pages.set(key, page);
    return page;
  };
  const refresh = (key: string): Promise<Page | undefined> => {
    const now = rendering.get(key) ?? renderOnce(key).finally(() => rendering.delete(key));
    rendering.set(key, now);
    return now;
  };
  /** A rendering that is under way may have read what was there before the change. */
  const refreshAfterChange = async (key: string): Promise<void> => {
    await rendering.get(key);
    await refresh(key);
  };

  return {
    answer(request, response) {
      if (request.method !== "GET" && request.method !== "HEAD") return false;
      const path = request.url?.split("?", 1)[0] ?? "";
      // Next asks for parts of a page by a header of its own: those are Next's to answer.
      if (!PATHS.has(path) || request.headers.rsc !== undefined) return false;
      const [, theme = ""] = THEME.exec(request.headers.cookie ?? "") ?? [];
      const key = `${path} ${theme}`;
      const page = pages.get(key);
      if (!page) {
        refresh(key).then(
          (first) => send(request, response, first),
          () => send(request, response, undefined),
        );
        return true;
      }
      if (performance.now() - page.renderedAtMs > FRESH_MS) void refresh(key);
      send(request, response, page);
      return true;
    },
    changed() {
      gathering ??= setTimeout(() => {
        gathering = undefined;
        for (const key of pages.keys()) void refreshAfterChange(key);
      }, GATHER_MS);
    },
    close() {
      clearTimeout(gathering);
    },
  };
}

function send(request: IncomingMessage, response: ServerResponse, page: Page | undefined): void {
  if (!page) {
    response.writeHead(503, { "content-type": "text/plain; charset=utf-8", "retry-after": "10" });
    response.end("The status can't be read just now. This page tries again when you reload it.\n");
    return;
  }
  const headers = {
    "content-type": page.type,
    // Asked again each time, answered with 304 while nothing changed.
    "cache-control": "public, no-cache",
    vary: "cookie, accept-encoding",
    etag: page.etag,
    "last-modified": page.renderedAt.toUTCString(),
  };
  if (request.headers["if-none-match"] === page.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const zips = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
  const body = zips ? page.zipped : page.body;
  response.writeHead(200, {
    ...headers,
    "content-length": body.length,
    ...(zips ? { "content-encoding": "gzip" } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
