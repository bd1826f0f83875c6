import { expect, test } from "vitest";
import { secretsOf } from "./defineAction.ts";
import { luksOpen, luksReopen } from "./luks.ts";

const volume = { name: "pgdata", path: "/srv/pgdata.img", mountPoint: "/mnt/pgdata" };

test("a secret that an argument names by its default goes with the order too", () => {
  expect(secretsOf(luksReopen, { volume })).toEqual(["operational"]);
  expect(secretsOf(luksOpen, { volume, secret: "recovery" })).toEqual(["recovery"]);
});
