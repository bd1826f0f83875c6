import { createHash } from "node:crypto";
import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { Encrypter } from "age-encryption";
import { describe, expect, test } from "vitest";
import { isSignedBy } from "../../../agent/identity.ts";
import type { RunId } from "../../../domain/ids.ts";
import { runKeyText } from "../../../protocol/handshake.ts";
import { connected, orderFor, runIdOf } from "./support/host.ts";
import { host, logs, server, useServerAndHost } from "./support/serverAndHost.ts";

useServerAndHost();

const PASSPHRASE = "tidal marble canyon outpost gravel hydrant saddle violin";
const runId = runIdOf(orderFor("test.seq", {}).order.taskId);

async function recipientOf(run: RunId): Promise<string> {
  const before = keys().length;
  server.send({ type: "makeRunKey", runId: run });
  await server.until("the key is there", () => keys().length > before);
  const key = keys().at(-1)!;
  expect(key.runId).toBe(run);
  expect(isSignedBy(server.enrolled[0]!.publicKey, runKeyText(key), key.signature)).toBe(true);
  return key.recipient;
}
const keys = () => server.frames.flatMap((frame) => (frame.type === "runKey" ? [frame] : []));

async function seal(recipient: string, name = "operational") {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const ciphertext = Buffer.from(await encrypter.encrypt(PASSPHRASE)).toString("base64");
  return { name, recipient, ciphertext };
}

test.runIf(process.getuid?.() === 0)("the search for a passphrase in memory finds one that is there", () => {
  const known = Buffer.from(`known ${Math.random()}`);
  expect(memoryHolds(process.pid, known.toString())).toBe(true);
});

describe("a passphrase that is sealed to a host for a run", () => {
  test("is opened for the task that needs it, and is nowhere else: not in output, journal, spool or log", async () => {
    const agent = await connected(server, host);
    const recipient = await recipientOf(runId);
    expect(await recipientOf(runId)).toBe(recipient);
    const task = orderFor("test.secret", { secret: "operational" }, { secrets: [await seal(recipient)] });
    server.send(task);
    await server.until("it is reported", () => server.reports.has(task.order.taskId));
    expect(server.reports.get(task.order.taskId)![0]).toMatchObject({
      outcome: "succeeded",
      result: { sha256: createHash("sha256").update(PASSPHRASE).digest("hex") },
    });
    await server.until("the output is here", () => server.output(task.order.taskId).bytes.length > 0);
    expect(server.output(task.order.taskId).bytes.toString()).not.toContain(PASSPHRASE);
    expect(agent.log()).not.toContain(PASSPHRASE);
    if (process.getuid?.() === 0) expect(memoryHolds(agent.pid, PASSPHRASE)).toBe(false);
    for (const file of filesBelow(host.stateDir)) expect(readFileSync(file).includes(PASSPHRASE), file).toBe(false);
  });

  test("survives a kill of the agent, and is gone with the end of the run", async () => {
    const agent = await connected(server, host);
    const recipient = await recipientOf(runId);
    await agent.kill();
    await host.start();
    await server.until("the agent is back", () => server.hellos.length === 2 && server.isConnected);
    const task = orderFor("test.secret", { secret: "operational" }, { secrets: [await seal(recipient)] });
    server.send(task);
    await server.until("it is opened", () => server.reports.get(task.order.taskId)?.[0]?.outcome === "succeeded");
    server.send({ type: "endRun", runId });
    const late = orderFor("test.secret", { secret: "operational" }, { secrets: [await seal(recipient)] });
    server.send(late);
    await server.until("it is refused", () => server.frames.some(({ type }) => type === "taskRefused"));
    expect(server.frames.find(({ type }) => type === "taskRefused")).toMatchObject({
      failure: { code: "secretMissing" },
    });
  });

  test("one that was sealed to another key fails the task and says so", async () => {
    await connected(server, host);
    await recipientOf(runId);
    const stranger = "age1jp92eyftdsqcwf55s4t6jpukmw3m4u74fy6snftssknuvyfud35sapmujq";
    const task = orderFor("test.secret", { secret: "operational" }, { secrets: [await seal(stranger)] });
    server.send(task);
    await server.until("it fails", () => server.reports.has(task.order.taskId));
    expect(server.reports.get(task.order.taskId)![0]).toMatchObject({
      outcome: "failed",
      failure: { code: "secretMissing" },
    });
  });

  test("no key is made where it would lie on a disk, and the server is told", async () => {
    host.configure({ runKeys: { directory: join(host.base, "keys") } });
    const agent = await connected(server, host);
    server.send({ type: "makeRunKey", runId });
    await server.until("it is told", () => server.frames.some(({ type }) => type === "notUnderstood"));
    await logs(agent, "is not in memory (tmpfs)");
    expect(keys()).toEqual([]);
  });
});

/** Whether a text lies anywhere in the writable memory of a process. */
function memoryHolds(pid: number, text: string): boolean {
  const wanted = Buffer.from(text);
  const memory = openSync(`/proc/${pid}/mem`, "r");
  try {
    return readFileSync(`/proc/${pid}/maps`, "utf8")
      .split("\n")
      .filter((line) => / rw/.test(line))
      .some((line) => {
        const [from = 0, to = 0] = (line.split(" ")[0] ?? "").split("-").map((hex) => Number.parseInt(hex, 16));
        return regionHolds(memory, from, to, wanted);
      });
  } finally {
    closeSync(memory);
  }
}

function regionHolds(memory: number, from: number, to: number, wanted: Buffer): boolean {
  const chunk = Buffer.alloc(4 * 1024 * 1024 + wanted.length);
  for (let at = from; at < to; at += chunk.length - wanted.length) {
    try {
      const read = readSync(memory, chunk, 0, Math.min(chunk.length, to - at), at);
      if (chunk.subarray(0, read).includes(wanted)) return true;
    } catch {
      // Reserved and never used: there is nothing to read.
    }
  }
  return false;
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );
}
