import { describe, expect, test } from "vitest";
import { Instant } from "../../domain/time.ts";
import type { HealthSample } from "../../protocol/agent.ts";
import { readerFor, viewOf } from "../../tests/support/runView.ts";
import { SampleRun } from "../../tests/support/sampleRun.ts";
import { mergeSamples, pausesOf, withSample } from "./health.ts";
import { orderKey, refusalDetail } from "./orderWords.ts";
import { emptyLog, levelOf, selectLines, withOutput } from "./outputLog.ts";
import type { RunAnswer } from "./patchRun.ts";
import { newerOf, withHost, withProgress } from "./patchRun.ts";

function answerOf(run: SampleRun): RunAnswer {
  const view = viewOf(run);
  return { run: view, reader: readerFor(view, "operator") };
}
const progressOf = (answer: RunAnswer) => answer.run.steps.find(({ id }) => id === "prepare")?.progress;

describe("live progress", () => {
  const run = new SampleRun().start();
  const answer = answerOf(run);
  const frame = (at: number, done: number, taskId = run.taskOf("prepare")) =>
    ({
      type: "progress",
      runId: run.state.runId,
      taskId,
      stepId: "prepare",
      at,
      progress: { done, total: 10, unit: "files" },
    }) as never;

  test("the newest frame is shown, whatever order they came in", () => {
    const patched = withProgress(answer, [frame(20, 2), frame(10, 1)]);
    expect(progressOf(patched)).toEqual({ at: 20, progress: { done: 2, total: 10, unit: "files" } });
    expect(progressOf(withProgress(patched, [frame(15, 9)]))?.at).toBe(20);
  });

  test("a frame of another task changes nothing, not even the identity of what is shown", () => {
    expect(withProgress(answer, [frame(20, 2, "another" as never)])).toBe(answer);
  });

  test("a read with older stored progress does not make a bar go back", () => {
    const patched = withProgress(answer, [frame(20, 2)]);
    expect(progressOf(newerOf(patched, answer))?.at).toBe(20);
  });

  test("a read that was overtaken by a newer one is thrown away", () => {
    const newer = { ...answer, run: { ...answer.run, seq: answer.run.seq + 1 } };
    expect(newerOf(newer, answer)).toBe(newer);
  });

  test("a host that went is shown as gone since then", () => {
    const { hostId } = answer.run.hosts[0] ?? { hostId: "" };
    const gone = withHost(answer, { type: "hostChanged", hostId, connected: false, at: 7 } as never);
    expect(gone.run.hosts[0]).toMatchObject({ connected: false, lastSeenAt: 7 });
  });
});

describe("refused orders", () => {
  const problem = {
    code: "refused",
    message: "Someone ordered the same before you.",
    todo: "Nothing was done twice.",
  } as const;

  test("say how old the page was, and what had happened meanwhile", () => {
    const log = [
      { seq: 5, at: 0, type: "stepBegan", text: "Step 5 began, attempt 2." },
      { seq: 6, at: 0, type: "taskOrdered", text: "db-1 was ordered files.copy." },
      { seq: 7, at: 0, type: "orderRefused", text: "Mara ordered retry; it was refused." },
    ];
    expect(refusalDetail(problem, 4, log)).toBe(
      "Your page was 2 events old. Step 5 began, attempt 2. Someone ordered the same before you. Nothing was done twice.",
    );
    expect(refusalDetail(problem, 6, log)).toBe("Someone ordered the same before you. Nothing was done twice.");
  });

  test("the same order to another step is another order", () => {
    expect(orderKey({ order: "retry", stepId: "a" })).not.toBe(orderKey({ order: "retry", stepId: "b" }));
    expect(orderKey({ order: "hold", reason: "a" })).toBe(orderKey({ order: "hold", reason: "b" }));
  });
});

describe("the log of a task", () => {
  const piece = (offset: number, text: string) => ({ offset, endOffset: offset + text.length, text });
  const read = (...pieces: string[]) => {
    let log = emptyLog(0);
    for (const text of pieces) {
      const next = withOutput(log, piece(log.endOffset, text));
      if (next === "gap") throw new Error("there was no gap");
      log = next;
    }
    return log;
  };

  test("lines that come in pieces are whole, and none stands twice", () => {
    const log = read("one\ntw", "o\nthr");
    expect(log.lines.map(({ text }) => text)).toEqual(["one", "two"]);
    expect(log.rest).toBe("thr");
    expect(withOutput(log, piece(0, "one\n"))).toBe(log);
  });

  test("a piece behind a gap is not shown as if nothing were missing", () => {
    expect(withOutput(read("one\n"), piece(10, "later\n"))).toBe("gap");
  });

  test("a line that a program overwrites shows its last writing", () => {
    expect(read("10 %\r50 %\r100 %\ndone\r\n").lines.map(({ text }) => text)).toEqual(["100 %", "done"]);
  });

  test("a hundred thousand lines keep their numbers while the oldest fall off", () => {
    const log = read("x\n".repeat(100_000));
    expect(log.lines.length).toBeLessThanOrEqual(20_000);
    expect(log.lines.at(-1)?.number).toBe(100_000);
    expect(log.dropped + log.lines.length).toBe(100_000);
  });

  test("a hundred megabytes without a newline don't fill the page", () => {
    expect(read("x".repeat(1_000_000)).rest.length).toBeLessThanOrEqual(4_000);
  });

  test("filter and search narrow the lines without regard to capitals", () => {
    const { lines } = read("all is well\nWarning: slow disk\nrsync error: code 11\n");
    expect(lines.map(({ level }) => level)).toEqual(["plain", "warning", "error"]);
    expect(selectLines(lines, "errors", "")).toHaveLength(1);
    expect(selectLines(lines, "warnings", "")).toHaveLength(2);
    expect(selectLines(lines, "all", "SLOW").map(({ number }) => number)).toEqual([2]);
    expect(levelOf("0 terrors")).toBe("plain");
  });
});

describe("health", () => {
  const sample = (at: number, state?: "up" | "paused"): HealthSample =>
    ({
      at: Instant.parse(at),
      cpuPercent: 1,
      load1: 1,
      memoryUsedBytes: 1,
      memoryTotalBytes: 1,
      diskReadBytesPerSecond: 1,
      diskWriteBytesPerSecond: 1,
      networkInBytesPerSecond: 1,
      networkOutBytesPerSecond: 1,
      fileSystems: [],
      ...(state === "up" && { postgres: { state, latencyMs: 3 } }),
      ...(state === "paused" && { postgres: { state } }),
    }) as HealthSample;

  test("the newest sample always stands, an old one is left out, and each second does not make a point", () => {
    let samples: readonly HealthSample[] = [];
    for (let second = 0; second < 60; second += 1) samples = withSample(samples, sample(second * 1000));
    expect(samples.at(-1)?.at).toBe(59_000);
    expect(samples.length).toBeLessThanOrEqual(32);
    expect(withSample(samples, sample(5))).toBe(samples);
  });

  test("what was stored and what came live is one line without doubles", () => {
    expect(mergeSamples([sample(1), sample(2)], [sample(2), sample(3)]).map(({ at }) => at)).toEqual([1, 2, 3]);
  });

  test("a planned stop is a pause up to now, and not a line at zero", () => {
    expect(pausesOf([sample(1, "up"), sample(2, "paused"), sample(3, "paused")], 9)).toEqual([{ fromMs: 2, toMs: 9 }]);
    expect(pausesOf([sample(2, "paused"), sample(3, "up")], 9)).toEqual([{ fromMs: 2, toMs: 3 }]);
  });
});
