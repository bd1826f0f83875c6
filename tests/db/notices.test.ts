import pg from "pg";
import { expect, test } from "vitest";
import { RunId } from "../../domain/ids.ts";
import { listenForNotices } from "../../server/db/noticeListener.ts";
import type { Notice } from "../../server/db/notices.ts";
import { createNotifier } from "../../server/db/notifier.ts";
import { useTestDatabase } from "../support/database.ts";

const database = useTestDatabase();
const runId = RunId.parse("0190a1b2-0000-4000-8000-000000000001");
const quiet = () => {};

async function until(check: () => boolean): Promise<void> {
  await expect.poll(check, { timeout: 5_000, interval: 5 }).toBe(true);
}

test("a thousand appends in a moment are a handful of notices, and the last one is among them", async () => {
  const heard: (Notice | undefined)[] = [];
  const listener = listenForNotices(database.appUrl, quiet);
  await listener.ready;
  listener.subscribe((notice) => heard.push(notice));
  const notifier = createNotifier(database.db.pool, quiet);
  for (let seq = 1; seq <= 1000; seq += 1) notifier.tell({ about: "run", runId, seq });
  notifier.tell({ about: "windows" });
  await until(() => heard.length >= 2);
  expect(heard).toEqual([{ about: "run", runId, seq: 1000 }, { about: "windows" }]);
  await notifier.close();
  await listener.close();
});

test("after a cut of its connection a listener connects again and says that notices may be missing", async () => {
  const heard: (Notice | undefined)[] = [];
  const listener = listenForNotices(database.appUrl, quiet);
  await listener.ready;
  listener.subscribe((notice) => heard.push(notice));
  const notifier = createNotifier(database.db.pool, quiet);

  const admin = new pg.Client({ connectionString: database.appUrl });
  await admin.connect();
  await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'slackwater listener'`,
  );
  notifier.tell({ about: "run", runId, seq: 7 }); // nobody hears this one
  await until(() => heard.includes(undefined));
  notifier.tell({ about: "run", runId, seq: 8 });
  await until(() => heard.some((notice) => notice?.about === "run" && notice.seq === 8));
  await admin.end();
  await notifier.close();
  await listener.close();
});

test("what is waiting is sent when the process ends", async () => {
  const heard: (Notice | undefined)[] = [];
  const listener = listenForNotices(database.appUrl, quiet);
  await listener.ready;
  listener.subscribe((notice) => heard.push(notice));
  const notifier = createNotifier(database.db.pool, quiet);
  notifier.tell({ about: "inputs", runId });
  await notifier.close();
  await until(() => heard.length === 1);
  await listener.close();
});
