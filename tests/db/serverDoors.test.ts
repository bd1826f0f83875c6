import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { MAX_BODY_BYTES } from "../../server/bodyLimit.ts";
import { useTestDatabase } from "../support/database.ts";
import type { ServerProcess } from "../support/serverProcess.ts";
import { startServerProcess } from "../support/serverProcess.ts";

const database = useTestDatabase();
const folder = mkdtempSync(join(tmpdir(), "slackwater-doors-"));
const started: { server?: ServerProcess } = {};
const environment = (stateDirectory = folder) => ({
  PORT: "0",
  DATABASE_URL: database.appUrl,
  DATABASE_OWNER_URL: database.ownerUrl,
  STATE_DIRECTORY: stateDirectory,
});
beforeAll(async () => {
  started.server = await startServerProcess(environment());
});
afterAll(async () => {
  expect(await started.server?.stop()).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

const server = (): ServerProcess => {
  if (!started.server) throw new Error("the server is there only inside tests");
  return started.server;
};

/** What a start says that does not come about, and its exit code. */
function refusedStart(changes: Readonly<Record<string, string>>) {
  const program = join(import.meta.dirname, "..", "..", "server", "main.ts");
  const { PATH } = process.env;
  const env = { NODE_ENV: "production" as const, PATH, ...environment(), ...changes };
  const { status, stderr } = spawnSync(process.execPath, [program, "--no-web"], { env, encoding: "utf8" });
  return { status, said: stderr };
}

/** Sends a head and a little of its body, and waits for the answer. */
async function post(headers: Readonly<Record<string, string>>) {
  const answered = Promise.withResolvers<{ status: number | undefined; said: string }>();
  const asking = request(`${server().url}/api/agents/enrol`, { method: "POST", headers }, (response) => {
    text(response).then((said) => answered.resolve({ status: response.statusCode, said }), answered.reject);
  });
  asking.on("error", answered.reject);
  asking.write("{");
  const answer = await answered.promise;
  asking.destroy();
  return answer;
}

test("a body that is too large or does not say its length is refused before it is read", async () => {
  const large = await post({ "content-length": String(MAX_BODY_BYTES + 1) });
  expect(large).toMatchObject({ status: 413, said: expect.stringContaining(`${MAX_BODY_BYTES} are taken`) });
  expect(await post({ "transfer-encoding": "chunked" })).toMatchObject({ status: 411 });
});

test("a websocket at a path of nobody's, and words that are no HTTP, are cut and cost nothing", async () => {
  const lost = new WebSocket(`${server().agentUrl}/../nowhere`);
  const ended = Promise.withResolvers<void>();
  lost.on("error", () => ended.resolve()).on("close", () => ended.resolve());
  await ended.promise;
  const raw = connect(Number(new URL(server().url).port), "127.0.0.1");
  raw.end("GET /../../etc/passwd HTTP/0.9 nonsense\r\n\r\n");
  expect(await text(raw)).toMatch(/^HTTP\/1\.1 400/);
  expect((await fetch(server().url)).status).toBe(404);
});

test("a server without people says how the first admin is made", () => {
  expect(server().said.join("\n")).toContain("add the first admin: DATABASE_URL=…");
});

describe("a start that can't be says what to do", () => {
  test("where the port is taken", () => {
    const port = new URL(server().url).port;
    expect(refusedStart({ PORT: port })).toMatchObject({ status: 1, said: expect.stringMatching(/taken .* set PORT/) });
  });

  test.each([
    ["is not there", () => "postgresql://slackwater:a-password@127.0.0.1:1/nowhere", "See that PostgreSQL runs"],
    ["takes no such password", () => database.ownerUrl.replace(/:[^:@]+@/, ":a-password@"), "authentication failed"],
  ])("where the database %s, and never with the password", (_what, url, todo) => {
    const { status, said } = refusedStart({ DATABASE_URL: url(), DATABASE_OWNER_URL: url() });
    expect({ status, said }).toMatchObject({ status: 1, said: expect.stringContaining(todo) });
    expect(said).not.toContain("a-password");
  });

  test("where the state directory is a file", () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    const said = expect.stringContaining("set STATE_DIRECTORY to a folder");
    expect(refusedStart({ STATE_DIRECTORY: file })).toMatchObject({ status: 1, said });
  });

  test("where others can read the server's key", () => {
    const key = join(folder, "server-key.pem");
    chmodSync(key, 0o644);
    const open = refusedStart({});
    chmodSync(key, 0o600);
    expect(open).toMatchObject({ status: 1, said: expect.stringContaining(`chmod 600 ${key}`) });
  });
});
