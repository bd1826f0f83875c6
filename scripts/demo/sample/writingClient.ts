import { createHash, randomUUID } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { z } from "zod";
import { readAcceptedWrites } from "./writeSummary.ts";

/*
 * A user's device that never rests: it writes many times a second, with ids that grow by one, and records each write that
 * the service has acknowledged in a file that is only ever added to. Run as
 *   node writingClient.ts <settings.json>
 * It prints one JSON line a second. A write that failed is not repeated: its id is simply not in the file.
 */

const Settings = z.object({
  url: z.url(),
  tokenPath: z.string(),
  clientId: z.string(),
  /** Accepted writes are appended here; after a restart the ids go on after the highest in it. */
  writesPath: z.string(),
  everyMs: z.int().positive(),
});
const REPORT_EVERY_MS = 1_000;
const GIVE_UP_AFTER_MS = 3_000;
/** While the service hangs no more than these wait for it. */
const MOST_RUNNING = 40;
const PAYLOAD_DIGESTS = 8;

const settings = Settings.parse(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
const token = readFileSync(settings.tokenPath, "utf8").trim();
const agent = new Agent({ keepAlive: true, maxSockets: MOST_RUNNING });

function highestRecordedId(): number {
  try {
    return readAcceptedWrites(readFileSync(settings.writesPath, "utf8")).reduce(
      (most, { id }) => Math.max(most, id),
      0,
    );
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
    throw error;
  }
}

let lastId = highestRecordedId();
let runningCount = 0;
const nothingYet = { acceptedCount: 0, refusedCount: 0, failedCount: 0, lastProblem: "" };
let since = { ...nothingYet };

/** Different for each id and nothing that compresses, as what a device encrypts. */
function payload(id: number): string {
  const digests = Array.from({ length: PAYLOAD_DIGESTS }, (_, n) => createHash("sha512").update(`${id}/${n}`).digest());
  return Buffer.concat(digests).toString("base64");
}

function record(id: number): void {
  appendFileSync(settings.writesPath, `${JSON.stringify({ id, atMs: Date.now() })}\n`);
  since.acceptedCount += 1;
}

function write(id: number): void {
  const operation = { id, kind: "task", entityId: randomUUID(), payload: payload(id) };
  const body = JSON.stringify({ clientId: settings.clientId, operations: [operation] });
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  };
  const url = new URL("/api/sync/operations", settings.url);
  runningCount += 1;
  const post = request(
    url,
    { method: "POST", agent, headers, signal: AbortSignal.timeout(GIVE_UP_AFTER_MS) },
    (reply) => {
      reply.resume();
      reply.on("end", () => {
        if (reply.statusCode === 201) return record(id);
        since.refusedCount += 1;
        since.lastProblem = `status ${reply.statusCode}`;
      });
    },
  );
  post.on("error", (error) => {
    since.failedCount += 1;
    since.lastProblem = error.message;
  });
  post.on("close", () => {
    runningCount -= 1;
  });
  post.end(body);
}

const writing = setInterval(() => {
  if (runningCount >= MOST_RUNNING) return;
  lastId += 1;
  write(lastId);
}, settings.everyMs);
const reporting = setInterval(() => {
  console.log(JSON.stringify({ atMs: Date.now(), lastId, ...since }));
  since = { ...nothingYet };
}, REPORT_EVERY_MS);

process.once("SIGTERM", () => {
  clearInterval(writing);
  clearInterval(reporting);
  const waiting = setInterval(() => {
    if (runningCount > 0) return;
    clearInterval(waiting);
    agent.destroy();
  }, 20);
});
