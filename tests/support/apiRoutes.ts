import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { join, relative } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as WebStream } from "node:stream/web";
import { pathToFileURL } from "node:url";
import { projectFiles, projectRoot } from "../../scripts/projectFiles.ts";
import { stampClientAddress } from "../../server/clientAddress.ts";

type Handler = (
  request: Request,
  context: { params: Promise<Record<string, string | string[]>> },
) => Response | Promise<Response>;

interface Route {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  /** 0 where no segment takes all the rest; else the less of them it leaves, the later it comes. */
  readonly rest: number;
  /** Address of its module. */
  readonly file: string;
}

/** `app/api/runs/[runId]/route.ts` as Next reads it: one segment for `[name]`, all the rest for `[...name]`. */
function routeOf(path: string): Route {
  const names: string[] = [];
  const segments = relative("app", path)
    .split("/")
    .slice(0, -1)
    .map((segment) => {
      const name = /^\[(\.{3})?(\w+)\]$/.exec(segment);
      if (!name?.[2]) return segment;
      names.push(name[2]);
      return name[1] ? "(.+)" : "([^/]+)";
    });
  const pattern = new RegExp(`^/${segments.join("/")}$`);
  const rest = path.includes("/[...") ? 100 - segments.length : 0;
  return { pattern, names, rest, file: pathToFileURL(join(projectRoot, path)).href };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  if (request.method === "GET" || request.method === "HEAD") return undefined;
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces);
}

/**
 * The project's own API routes, without pages and without a build: each route.ts is called as Next calls it. They read their settings
 * from the environment (server/identity/settings.ts) at the first request.
 */
export function serveApiRoutes(): RequestListener {
  const routes = projectFiles()
    .filter((path) => /^app\/api\/(.+\/)?route\.ts$/.test(path))
    .map(routeOf)
    // As Next does: a segment that is named goes before one that takes anything, and that before one that takes all the rest.
    .sort((a, b) => a.rest - b.rest || a.names.length - b.names.length);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    stampClientAddress(request);
    const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "localhost"}`);
    const found = routes
      .map((route) => ({ route, match: route.pattern.exec(url.pathname) }))
      .find(({ match }) => match !== null);
    const module: Record<string, Handler> = found ? await import(/* @vite-ignore */ found.route.file) : {};
    const handler = module[request.method ?? "GET"];
    if (!found?.match || !handler) {
      response.writeHead(404).end();
      return;
    }
    const values = found.match.slice(1).map(decodeURIComponent);
    const params = Object.fromEntries(found.route.names.map((name, at) => [name, values[at] ?? ""]));
    const headers = Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value] as [string, string]],
    );
    const body = await bodyOf(request);
    const asked = new Request(url, {
      method: request.method ?? "GET",
      headers,
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    });
    const answer = await handler(asked, { params: Promise.resolve(params) });
    response.statusCode = answer.status;
    for (const [name, value] of answer.headers) if (name !== "set-cookie") response.setHeader(name, value);
    const cookies = answer.headers.getSetCookie();
    if (cookies.length > 0) response.setHeader("set-cookie", cookies);
    if (answer.body === null) response.end();
    // As Next does: a body is read no faster than its reader takes it, and let go when the reader is gone.
    else await pipeline(Readable.fromWeb(answer.body as WebStream), response).catch(() => {});
  }

  return (request, response) => {
    serve(request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  };
}
