import { mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { backupName } from "../../../agent/actions/backup/backupName.ts";
import { createBench, makeRoom } from "./support/bench.ts";

const DAY_MS = 86_400_000;
const DATABASE = "it's a-b";

let room: string;
let folder: string;
beforeEach(() => {
  room = makeRoom();
  folder = join(room, "backups");
  mkdirSync(folder);
});
afterEach(() => rmSync(room, { recursive: true, force: true }));

/** Makes a backup of so many days ago, of a kilobyte; answers its name. */
function aged(days: number, label = "daily", database = DATABASE): string {
  const name = backupName(label, database, Date.now() - days * DAY_MS, days > 60 ? "gpg" : "openssl");
  writeFileSync(join(folder, name), "");
  truncateSync(join(folder, name), 1000);
  return name;
}

const args = (more: object = {}) => ({
  directory: folder,
  label: "daily",
  database: DATABASE,
  keepAtLeast: 2,
  ...more,
});

test("backups older than they are kept are removed, and nobody else's files", async () => {
  const kept = [aged(0.5), aged(30), aged(89)];
  const old = [aged(91), aged(400)];
  const others = [
    ...[aged(400, "weekly"), aged(400, "daily", "another"), `${aged(401)}.unfinished`, "notes.txt"],
    backupName("daily", DATABASE, Date.now() - 500 * DAY_MS, "gpg"),
  ];
  rmSync(join(folder, others[2]?.replace(".unfinished", "") ?? ""));
  for (const name of [others[2], others[3]]) writeFileSync(join(folder, name ?? ""), "");
  writeFileSync(join(room, "precious"), "");
  symlinkSync(join(room, "precious"), join(folder, others[4] ?? ""));
  const bench = createBench();
  const result = await bench.run("backup.rotate", args());
  expect(result).toMatchObject({ removed_count: 2, removed_bytes: 2000, removed: old, kept_count: 3 });
  expect(Math.round(Number(result.oldest_age_ms) / DAY_MS)).toBe(89);
  expect(readdirSync(folder).sort()).toEqual([...kept, ...others].sort());
  expect(readdirSync(room)).toContain("precious");
  expect(await bench.run("backup.rotate", args())).toMatchObject({ removed_count: 0, kept_count: 3 });
});

test("the newest ones stay however old they are", async () => {
  const names = [aged(1), aged(200), aged(300), aged(400)];
  const result = await createBench().run("backup.rotate", args({ keepAtLeast: 3 }));
  expect(result).toMatchObject({ removed: [names[3]], kept_count: 3 });
});

test("where no new backup is made none is removed, and where there is none that is said", async () => {
  expect((await createBench().fails("backup.rotate", args())).code).toBe("deviceMissing");
  const names = [aged(2), aged(100), aged(200), aged(300)];
  const failure = await createBench().fails("backup.rotate", args());
  expect([failure.code, failure.message]).toEqual([
    "expectationFailed",
    expect.stringContaining("is 2 days old. As long as none is made, none is removed."),
  ]);
  expect(readdirSync(folder).sort()).toEqual(names.sort());
  expect(await createBench().run("backup.rotate", args({ newestWithin: 3 * DAY_MS }))).toMatchObject({
    removed_count: 2,
  });
});

test("less than a day and none at all are no retention", async () => {
  await expect(createBench().run("backup.rotate", args({ keepFor: 3_600_000 }))).rejects.toThrow();
  await expect(createBench().run("backup.rotate", args({ keepAtLeast: 0 }))).rejects.toThrow();
});
