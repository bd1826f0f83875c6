import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { spoolPaths } from "../../../agent/process/spoolFiles.ts";
import type { OutputChunk } from "../../../agent/process/spoolReader.ts";
import { openSpoolReader } from "../../../agent/process/spoolReader.ts";
import type { OutputStream } from "../../../agent/process/spoolRecord.ts";
import { openSpoolWriter } from "../../../agent/process/spoolWriter.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "slackwater-spool-"));
  mkdirSync(spoolPaths(dir).output);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = (limitBytes = 64 * 1024 * 1024) => openSpoolWriter(spoolPaths(dir), { limitBytes, now: () => 1_000 });

async function readFrom(from: number): Promise<OutputChunk[]> {
  const reader = openSpoolReader(spoolPaths(dir).output, from);
  const chunks: OutputChunk[] = [];
  for (let some = await reader.read(); some.length > 0; some = await reader.read()) chunks.push(...some);
  await reader.close();
  return chunks;
}

const bytesOf = (chunks: readonly OutputChunk[]) =>
  Buffer.concat(chunks.flatMap((chunk) => (chunk.kind === "bytes" ? [chunk.bytes] : [])));

test("output read again from any byte on is exactly the output from that byte on", async () => {
  const writer = open(256 * 1024 * 1024);
  const written: Buffer[] = [];
  for (const [i, length] of [3, 70_000, 1, 65_536, 200, 140_001].entries()) {
    const bytes = Buffer.from(Array.from({ length }, (_, at) => (at * 31 + i) % 256));
    await writer.write(i % 2 ? "stderr" : "stdout", bytes);
    written.push(bytes);
  }
  await writer.close();
  const whole = Buffer.concat(written);
  expect(writer.bytes).toBe(whole.length);
  expect(writer.digest()).toBe(createHash("sha256").update(whole).digest("hex"));
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length), async (from) => {
      const chunks = await readFrom(from);
      expect(bytesOf(chunks).equals(whole.subarray(from))).toBe(true);
      let next = from;
      for (const chunk of chunks) {
        expect(chunk).toMatchObject({ kind: "bytes", offset: next });
        next += chunk.kind === "bytes" ? chunk.bytes.length : chunk.length;
      }
    }),
    { numRuns: 200 },
  );
});

test("both streams keep the one order in which they were read", async () => {
  const writer = open();
  const said: [OutputStream, string][] = [];
  for (const [stream, text] of [
    ["stdout", "a"],
    ["stderr", "b"],
    ["note", "c"],
    ["stdout", "d"],
  ] as const) {
    await writer.write(stream, Buffer.from(text));
    said.push([stream, text]);
  }
  await writer.close();
  const chunks = await readFrom(0);
  expect(chunks.map((chunk) => (chunk.kind === "bytes" ? [chunk.stream, chunk.bytes.toString()] : []))).toEqual(said);
  expect(chunks.map((chunk) => (chunk.kind === "bytes" ? chunk.sequence : 0))).toEqual([1, 2, 3, 4]);
});

test("output beyond the limit loses its middle, never silently: every missing byte is stated", async () => {
  const writer = open(1024 * 1024);
  const line = Buffer.alloc(10_000);
  for (let i = 0; i < 500; i += 1) {
    line.fill(i % 256);
    await writer.write("stdout", line);
  }
  await writer.close();
  const onDisk = readdirSync(spoolPaths(dir).output).reduce(
    (sum, name) => sum + statSync(join(spoolPaths(dir).output, name)).size,
    0,
  );
  expect(onDisk).toBeLessThanOrEqual(1024 * 1024);
  expect(onDisk).toBeGreaterThan(700 * 1024);
  const chunks = await readFrom(0);
  let next = 0;
  let lostBytes = 0;
  for (const chunk of chunks) {
    expect(chunk.offset).toBe(next);
    if (chunk.kind === "lost") {
      lostBytes += chunk.length;
      next += chunk.length;
      expect(chunk.because).toBe("limit");
    } else {
      expect(chunk.bytes.every((byte, at) => byte === Math.floor((chunk.offset + at) / 10_000) % 256)).toBe(true);
      next += chunk.bytes.length;
    }
  }
  expect(next).toBe(5_000_000);
  expect(lostBytes).toBe(writer.droppedBytes);
  expect(chunks[0]).toMatchObject({ kind: "bytes", offset: 0 });
  expect(chunks.filter((chunk) => chunk.kind === "lost")).toHaveLength(1);
  const [insideGap] = await readFrom(2_000_000);
  expect(insideGap).toMatchObject({ kind: "lost", offset: 2_000_000 });
});

test("a reader that follows a writer past the limit gets each byte once, or is told that it came too late", async () => {
  const writer = open(256 * 1024);
  const reader = openSpoolReader(spoolPaths(dir).output, 0);
  let next = 0;
  for (let i = 0; i < 300; i += 1) {
    await writer.write("stdout", Buffer.alloc(7_000, i % 256));
    if (i % 40 !== 39) continue;
    for (let some = await reader.read(); some.length > 0; some = await reader.read()) {
      for (const chunk of some) {
        expect(chunk.offset).toBe(next);
        next += chunk.kind === "lost" ? chunk.length : chunk.bytes.length;
      }
    }
  }
  await reader.close();
  await writer.close();
  expect(next).toBe(280 * 7_000);
});

test("a torn tail, as a power cut leaves it, gives what came before it and nothing made up", async () => {
  const writer = open();
  await writer.write("stdout", Buffer.from("whole"));
  await writer.write("stdout", Buffer.from("torn apart"));
  await writer.close();
  const [segment = ""] = readdirSync(spoolPaths(dir).output);
  const path = join(spoolPaths(dir).output, segment);
  const { size } = statSync(path);
  for (let cut = 1; cut <= 50; cut += 1) {
    truncateSync(path, size - cut);
    expect(bytesOf(await readFrom(0)).toString()).toBe("whole");
  }
});

test("one flipped byte on the disk costs its own chunk, is stated, and the rest is read", async () => {
  const writer = open();
  for (const text of ["first", "second", "third"]) await writer.write("stdout", Buffer.from(text));
  await writer.close();
  const [segment = ""] = readdirSync(spoolPaths(dir).output);
  const path = join(spoolPaths(dir).output, segment);
  const sound = readFileSync(path);
  for (let at = 45; at < 45 + 46; at += 1) {
    const damaged = Buffer.from(sound);
    damaged[at] = (damaged[at] ?? 0) ^ 0x55;
    writeFileSync(path, damaged);
    const chunks = await readFrom(0);
    expect(bytesOf(chunks).toString()).toBe("firstthird");
    expect(chunks[1]).toEqual({ kind: "lost", offset: 5, length: 6, because: "damaged" });
  }
});

test("a reader that is ahead of the writer waits and then goes on from its byte", async () => {
  const writer = open();
  const reader = openSpoolReader(spoolPaths(dir).output, 3);
  expect(await reader.read()).toEqual([]);
  await writer.write("stdout", Buffer.from("ab"));
  expect(await reader.read()).toEqual([]);
  await writer.write("stdout", Buffer.from("cdef"));
  expect(bytesOf(await reader.read()).toString()).toBe("def");
  await reader.close();
  await writer.close();
});
