import { Buffer } from "node:buffer";
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { toSafeText } from "../../domain/text/safeText.ts";
import type { ProgramSpec } from "./actionContext.ts";
import { createLineSplitter } from "./lineSplitter.ts";
import type { SecretKeeper } from "./secretKeeper.ts";

const LINE_LIMIT_BYTES = 65_536;
const DEFAULT_CAPTURE_BYTES = 1024 * 1024;
const STDERR_TAIL_BYTES = 65_536;

/**
 * How long after a program's end its output may stay silent before it is taken for complete. Only something that the program
 * left behind can still hold it open by then, and that could be for ever.
 */
const SILENCE_MS = 500;

/**
 * A program that says a little again and again, line by line, is read every so often (ms) and not at each line: to be woken costs more than
 * to read. What it says after a silence is read at once, and so is much at a time.
 */
const GATHER_MS = 20;
const CHATTY = { gapMs: 5, bytes: 4096 };

/** Takes a piece of redacted output; a promise holds the program until it settles. */
export type OutputSink = (stream: "stdout" | "stderr", bytes: Buffer) => Promise<void> | undefined;

/** What was read of a program's output. */
export interface ReadOutput {
  readonly stdout: Buffer;
  readonly stdoutBytes: number;
  readonly isStdoutCut: boolean;
  readonly stderrTail: Buffer;
}

interface Collector {
  take(bytes: Buffer): Promise<void> | undefined;
  end(): void;
}

function stdoutCollector(spec: ProgramSpec, sink: OutputSink) {
  const limit = spec.captureBytes ?? DEFAULT_CAPTURE_BYTES;
  const isShown = (spec.stdout?.to ?? "spool") === "spool";
  const head: Buffer[] = [];
  let headBytes = 0;
  let totalBytes = 0;
  const { onStdoutBytes, onStdoutLine } = spec;
  const lines = onStdoutLine
    ? createLineSplitter(LINE_LIMIT_BYTES, (line, isCut) => onStdoutLine(toSafeText(line), isCut))
    : undefined;
  return {
    take(bytes: Buffer) {
      if (bytes.length === 0) return undefined;
      totalBytes += bytes.length;
      if (headBytes < limit) {
        // Copied: a slice would keep the whole chunk in memory.
        const kept = Buffer.from(bytes.subarray(0, limit - headBytes));
        head.push(kept);
        headBytes += kept.length;
      }
      onStdoutBytes?.(bytes);
      lines?.write(bytes);
      return isShown ? sink("stdout", bytes) : undefined;
    },
    end: () => lines?.end(),
    read: () => ({ stdout: Buffer.concat(head), stdoutBytes: totalBytes, isStdoutCut: totalBytes > headBytes }),
  };
}

function stderrCollector(sink: OutputSink) {
  let tail = Buffer.alloc(0);
  return {
    take(bytes: Buffer) {
      if (bytes.length === 0) return undefined;
      tail = Buffer.concat([tail, bytes.subarray(-STDERR_TAIL_BYTES)]).subarray(-STDERR_TAIL_BYTES);
      return sink("stderr", bytes);
    },
    end: () => undefined,
    read: () => tail,
  };
}

/**
 * Reads one stream to its end, or until it is destroyed, in the pace that its collector allows. By events: to iterate over a stream cost
 * each line of progress 0.08 ms more.
 */
async function drain(stream: Readable, keeper: SecretKeeper, collector: Collector): Promise<void> {
  const redactor = keeper.redactor();
  let held: Promise<void> | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let gathering: NodeJS.Timeout | undefined;
  const giveUp = () => void stream.destroy();
  const isChatty = (chunk: Buffer): boolean => {
    const beforeMs = readAtMs;
    readAtMs = performance.now();
    return chunk.length < CHATTY.bytes && readAtMs - beforeMs < CHATTY.gapMs + GATHER_MS;
  };
  stream.on("data", (chunk: Buffer) => {
    try {
      held = collector.take(redactor.write(chunk));
    } catch {
      return giveUp();
    }
    if (held !== undefined) {
      stream.pause();
      held.then(() => stream.resume(), giveUp);
    } else if (isChatty(chunk)) {
      stream.pause();
      gathering = setTimeout(() => stream.resume(), GATHER_MS);
    }
  });
  // Destroyed below, or broken with the program: what came until then counts, and how the program ended is told elsewhere.
  await finished(stream, { writable: false }).catch(() => undefined);
  clearTimeout(gathering);
  await held?.catch(() => undefined);
  await collector.take(redactor.end());
  collector.end();
}

/**
 * Reads what a program writes until both streams end, or until it has exited and they have been silent for half a second.
 * `stdout` is null where it goes to a file or to another program.
 */
export async function readOutput(
  program: { readonly stdout: Readable | null; readonly stderr: Readable; readonly exited: Promise<unknown> },
  spec: ProgramSpec,
  around: { readonly keeper: SecretKeeper; readonly sink: OutputSink },
): Promise<ReadOutput> {
  const out = stdoutCollector(spec, around.sink);
  const err = stderrCollector(around.sink);
  let lastActivity = performance.now();
  const onActivity = () => {
    lastActivity = performance.now();
  };
  let isTaking = 0;
  const watched = (collector: Collector): Collector => ({
    take(bytes) {
      const held = collector.take(bytes);
      onActivity();
      if (!held) return undefined;
      isTaking += 1;
      return held.finally(() => {
        isTaking -= 1;
        onActivity();
      });
    },
    end: collector.end,
  });
  const streams = [
    ...(program.stdout ? [{ stream: program.stdout, collector: watched(out) }] : []),
    { stream: program.stderr, collector: watched(err) },
  ];
  let isComplete = false;
  const complete = Promise.all(streams.map(({ stream, collector }) => drain(stream, around.keeper, collector))).then(
    () => {
      isComplete = true;
    },
  );
  await Promise.race([complete, program.exited]);
  onActivity();
  while (!isComplete && (isTaking > 0 || performance.now() - lastActivity < SILENCE_MS)) {
    await Promise.race([complete, sleep(50)]);
  }
  for (const { stream } of streams) stream.destroy();
  await complete;
  return { ...out.read(), stderrTail: err.read() };
}
