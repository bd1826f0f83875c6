import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Instant } from "../../domain/time.ts";
import { openLiveFile } from "./liveFile.ts";
import { ProgressFile } from "./supervisedTask.ts";

const folder = mkdtempSync(join(tmpdir(), "slackwater-live-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a shorter content leaves nothing of a longer one, and a torn one is not taken for a figure", () => {
  const path = join(folder, "progress.json");
  const file = openLiveFile(path);
  const at = 1_700_000_000_000 as Instant;
  const progress = (item: string) => ({ at, progress: { done: 1, total: 2, unit: "bytes", item } });
  const read = () => ProgressFile.safeParse(JSON.parse(readFileSync(path, "utf8")));
  file.write(progress("x".repeat(900)));
  const long = readFileSync(path);
  file.write(progress("short"));
  expect(read()).toMatchObject({ success: true, data: { turn: 2, progress: { item: "short" } } });
  const torn = Buffer.concat([Buffer.from('{"turn":2'), long.subarray('{"turn":1'.length)]);
  expect(ProgressFile.safeParse(JSON.parse(torn.toString())).success).toBe(false);
  file.close();
});
