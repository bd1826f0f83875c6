import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { leftAfter } from "../../../agent/actions/leftAfter.ts";
import { ACTION_REGISTRY } from "../../../agent/actions/registry.ts";
import { Instant } from "../../../domain/time.ts";

test("a header that a killed backup left in memory is named in the receipt, and that of another volume is not", async () => {
  const left = leftAfter(ACTION_REGISTRY, () => Instant.parse(Date.now()));
  const name = `test${process.pid}`;
  const volume = { name, backing: "file", path: "/srv/volume.img", mountPoint: "/mnt/volume" };
  const order = { action: "luks.headerBackup", arguments: { volume, directory: "/srv/backups", recipients: [] } };
  expect(await left(order)).toEqual([]);
  const scratch = mkdtempSync(`/dev/shm/slackwater-header-${name}-`);
  const others = `/dev/shm/slackwater-header-${name}-2-abcdef`;
  mkdirSync(others);
  onTestFinished(() => {
    for (const path of [scratch, others]) rmSync(path, { recursive: true });
  });
  expect(await left(order)).toEqual([
    { kind: "partialFiles", what: expect.stringContaining(scratch), cleanUp: `rm -r -- ${scratch}` },
  ]);
});
