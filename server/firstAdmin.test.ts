import { resolve } from "node:path";
import { expect, test } from "vitest";
import { firstAdminCommand } from "./firstAdmin.ts";

const WORDS = 'npm run -s slackwater -- add-person --name "Your Name" --email you@example.org --role admin';

test("the first admin is made by one command, which names the database that this server uses", () => {
  const database = undefined;
  expect(firstAdminCommand({ database, stateDirectory: resolve(".slackwater") })).toBe(WORDS);
  expect(firstAdminCommand({ database, stateDirectory: "/srv/slack water" })).toBe(
    `${WORDS} --state '/srv/slack water'`,
  );
  const own = { appUrl: "postgresql://app:a-password@db/x", ownerUrl: "postgresql://owner:b-password@db/x" };
  expect(firstAdminCommand({ database: own, stateDirectory: "/srv" })).toBe(
    `DATABASE_URL=… DATABASE_OWNER_URL=… STATE_DIRECTORY=/srv ${WORDS}`,
  );
});
