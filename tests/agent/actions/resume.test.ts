import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findProcess } from "../../../agent/process/processTable.ts";
import { LonelyAgent, until } from "../process/support/lonelyAgent.ts";
import { makeRoom } from "./support/bench.ts";

/** The real actions in real runners. */
const performModule = resolve("agent/actions/perform.ts");
const FILE_BYTES = 200_000;
const FILES = 20;

let room = "";
let agent: LonelyAgent;
beforeEach(async () => {
  room = makeRoom();
  await mkdir(join(room, "old"));
  for (let i = 0; i < FILES; i += 1) writeFileSync(join(room, "old", `part${i}`), Buffer.alloc(FILE_BYTES, i));
  agent = await new LonelyAgent({ performModule }).up();
});
afterEach(async () => {
  await agent.clear();
  rmSync(room, { recursive: true, force: true });
});

test("a copy whose runner was killed is unknown, its rsync is ended, and the next attempt looks and goes on", async () => {
  const args = { from: join(room, "old"), to: join(room, "new/data"), maxKiBps: 512 };
  const taskId = await agent.order("files.copy", args, { step: "copy" });
  const running = () => JSON.parse(readFileSync(agent.paths(taskId).running, "utf8")).programs;
  const rsync = await until("rsync runs", () => running()[0]?.process.pid as number | undefined);
  await until("something is copied", () => statSync(join(room, "new/data/part1")).size > 0);
  process.kill(JSON.parse(readFileSync(agent.paths(taskId).runner, "utf8")).process.pid, "SIGKILL");
  expect(await agent.ended(taskId)).toMatchObject({ outcome: "unknown", failure: { code: "unknownOutcome" } });
  expect(findProcess(rsync)).toBeUndefined();
  expect(() => statSync(join(room, `new/data/part${FILES - 1}`))).toThrow();

  const again = { step: "copy", attempt: 2, inspectFirst: true };
  const next = await agent.order("files.copy", { ...args, maxKiBps: 0 }, again);
  const report = await agent.ended(next);
  expect(report).toMatchObject({
    outcome: "succeeded",
    result: { files_source: FILES, files_target: FILES, bytes_target: FILES * FILE_BYTES },
  });
  expect(report.outcome === "succeeded" && Number(report.result.files_transferred)).toBeLessThan(FILES);
  expect(await agent.text(next, "note")).toContain("Inspected: half done.");
});
