import fc from "fast-check";
import { expect, test } from "vitest";
import { backupName, momentOf } from "./backupName.ts";

const SECOND = fc.integer({ min: 0, max: 4_102_444_799 }).map((seconds) => seconds * 1000);

test("the moment of a backup is read back from its name, for its own label and database alone", () => {
  const database = fc.string({ minLength: 1, maxLength: 30 }).filter((text) => !/[/\0]/.test(text));
  fc.assert(
    fc.property(
      SECOND,
      database,
      database,
      fc.constantFrom("openssl" as const, "gpg" as const),
      (at, name, other, seal) => {
        expect(momentOf(backupName("daily", name, at, seal), "daily", name)).toBe(at);
        if (other !== name) expect(momentOf(backupName("daily", name, at, seal), "daily", other)).toBeUndefined();
      },
    ),
  );
});

test("a name that only looks like one of ours is nobody's", () => {
  for (const name of [
    "daily-app-20260230T010000Z.sql.gz.enc",
    "daily-app-20261130T250000Z.sql.gz.enc",
    "daily-app-20261130T010000Z.sql.gz.enc.unfinished",
    "daily-app-20261130T010000Z.sql.gz",
    "daily-app-20261130T010000Z.sql.gz.zip",
    "daily-app-copy-20261130T010000Z.sql.gz.enc",
    "weekly-app-20261130T010000Z.sql.gz.enc",
    "daily-app-20261130T010000Z.sql.gz.enc\n",
  ]) {
    expect(momentOf(name, "daily", "app"), name).toBeUndefined();
  }
});
