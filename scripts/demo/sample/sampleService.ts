import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { z } from "zod";
import type { ServiceCounts } from "./servicePages.ts";
import { frontPage, maintenancePage } from "./servicePages.ts";
import type { SyncUser } from "./syncStore.ts";
import { Operation, openStore } from "./syncStore.ts";

/*
 * SuperSync, the sample service: small, and really reading and writing its PostgreSQL. Run as
 *   node sampleService.ts <settings.json>
 * It logs to stdout, one line per event, with the word ERROR in every line that is one. While the maintenance file
 * exists users get a maintenance page; what was running before is finished; /health and the test account are answered.
 */

const Settings = z.object({
  /** On 127.0.0.1; 0 for any free one, which the first line of the log names. */
  port: z.int().min(0).max(65_535),
  databasePort: z.int(),
  passwordPath: z.string(),
  maintenancePath: z.string(),
  testTokenPath: z.string(),
});
const Batch = z.object({ clientId: z.string().min(1).max(100), operations: z.array(Operation).min(1).max(100) });
const LARGEST_BODY_BYTES = 1024 * 1024;
const LOOK_FOR_MAINTENANCE_MS = 100;

const settings = Settings.parse(JSON.parse(await readFile(process.argv[2] ?? "", "utf8")));
const testToken = (await readFile(settings.testTokenPath, "utf8")).trim();
const log = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);
const store = openStore(
  {
    port: settings.databasePort,
    user: "supersync",
    database: "supersync",
    password: (await readFile(settings.passwordPath, "utf8")).trim(),
  },
  log,
);
const counts: { -readonly [Name in keyof ServiceCounts]: ServiceCounts[Name] } = {
  acceptedCount: 0,
  refusedCount: 0,
  failedCount: 0,
  runningCount: 0,
  lastAcceptedAtMs: undefined,
};

const isClosed = (): boolean => existsSync(settings.maintenancePath);

function answer(response: ServerResponse, status: number, body: unknown): void {
  const isHtml = typeof body === "string";
  response.writeHead(status, {
    "content-type": isHtml ? "text/html; charset=utf-8" : "application/json",
    "cache-control": "no-store",
    ...(status === 503 ? { "retry-after": "30" } : {}),
  });
  response.end(isHtml ? body : `${JSON.stringify(body)}\n`);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of request) {
    sizeBytes += piece.length;
    if (sizeBytes > LARGEST_BODY_BYTES) return undefined;
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString("utf8"));
  } catch {
    return undefined;
  }
}

async function write(user: SyncUser, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const batch = Batch.safeParse(await bodyOf(request));
  if (!batch.success) return answer(response, 400, { error: "badRequest" });
  const { clientId, operations } = batch.data;
  const latestSeq = await store.add(user.id, clientId, operations);
  counts.acceptedCount += operations.length;
  counts.lastAcceptedAtMs = Date.now();
  answer(response, 201, { accepted: operations.map(({ id }) => id), latestSeq });
}

/** What needs an account. The door is looked at once, before: who is inside is served to the end. */
async function serveUser(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (isClosed() && token !== testToken) {
    counts.refusedCount += 1;
    const wantsPage = request.headers.accept?.includes("text/html") ?? false;
    return answer(response, 503, wantsPage ? maintenancePage : { error: "maintenance" });
  }
  const user = token === undefined ? undefined : await store.userByToken(token);
  if (!user) return answer(response, 401, { error: "unauthorized" });
  switch (`${request.method} ${request.url}`) {
    case "GET /api/sync/snapshot":
      return answer(response, 200, await store.snapshot(user.id));
    case "POST /api/sync/operations":
      return write(user, request, response);
    default:
      return answer(response, 404, { error: "notFound" });
  }
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (request.url) {
    case "/health":
      return answer(response, 200, { status: (await store.isAnswering()) ? "ok" : "failing" });
    case "/stats":
      return answer(response, 200, { ...counts, isClosed: isClosed() });
    case "/":
      return isClosed() ? answer(response, 503, maintenancePage) : answer(response, 200, frontPage(counts));
    default:
      return serveUser(request, response);
  }
}

const server = createServer((request, response) => {
  counts.runningCount += 1;
  response.on("close", () => {
    counts.runningCount -= 1;
  });
  serve(request, response).catch((error: unknown) => {
    counts.failedCount += 1;
    const because = error instanceof Error ? error.message : String(error);
    log(`ERROR ${request.method} ${request.url}: ${because}`);
    if (!response.headersSent) answer(response, 503, { status: "failing", error: "databaseUnreachable" });
  });
});

let wasClosed = isClosed();
const looking = setInterval(() => {
  if (isClosed() === wasClosed) return;
  wasClosed = !wasClosed;
  log(`INFO maintenance page ${wasClosed ? "on" : "off"}`);
  if (wasClosed) store.letGo().catch((error: unknown) => log(`ERROR sessions did not end: ${String(error)}`));
}, LOOK_FOR_MAINTENANCE_MS);

server.listen(settings.port, "127.0.0.1", () => {
  const address = server.address();
  log(`INFO listening on 127.0.0.1:${typeof address === "object" && address ? address.port : settings.port}`);
});

process.once("SIGTERM", () => {
  clearInterval(looking);
  server.close(() => void store.letGo().finally(() => process.exit(0)));
  server.closeIdleConnections();
});
