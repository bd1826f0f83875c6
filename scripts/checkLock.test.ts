import { expect, test } from "vitest";
import { findLockFaults } from "./checkLock.ts";

const manifest = { dependencies: { a: "1.0.0" } };
const good = {
  packages: {
    "": { dependencies: { a: "1.0.0" } },
    "node_modules/a": { version: "1.0.0", integrity: "sha512-x", optionalDependencies: { "a-linux": "1.0.0" } },
    "node_modules/a-linux": { version: "1.0.0", integrity: "sha512-x" },
  },
};
const judge = (lock: object, wanted: object = manifest) => findLockFaults(JSON.stringify(wanted), JSON.stringify(lock));

test("a whole lock has no fault", () => {
  expect(judge(good)).toEqual([]);
});

test("a platform package that is not locked is named with its owner", () => {
  const { "node_modules/a-linux": _, ...packages } = good.packages;
  expect(judge({ packages })).toEqual([expect.stringMatching(/^a@1\.0\.0 lacks a-linux:/)]);
});

test("a platform package locked inside its owner, or inside the owner's owner, is found", () => {
  const nested = {
    "": good.packages[""],
    "node_modules/a": { version: "1.0.0", integrity: "sha512-x" },
    "node_modules/a/node_modules/b": {
      version: "1.0.0",
      integrity: "x",
      optionalDependencies: { c: "1.0.0", d: "1.0.0" },
    },
    "node_modules/a/node_modules/b/node_modules/c": { version: "1.0.0", integrity: "x" },
    "node_modules/a/node_modules/d": { version: "1.0.0", integrity: "x" },
  };
  expect(judge({ packages: nested })).toEqual([]);
});

test("a range instead of a version is refused", () => {
  const wanted = { dependencies: { a: "^1.0.0" } };
  expect(judge(good, wanted)[0]).toMatch(/write the exact version/);
});

test("a dependency that the lock does not know is named", () => {
  expect(judge(good, { dependencies: { a: "1.0.1" } })).toEqual([expect.stringMatching(/does not know a 1\.0\.1/)]);
});

test("a package that runs a script at its installation needs a decision", () => {
  const packages = {
    ...good.packages,
    "node_modules/a-linux": { version: "1.0.0", integrity: "x", hasInstallScript: true },
  };
  expect(judge({ packages })).toEqual([expect.stringMatching(/a-linux@1\.0\.0 runs a script/)]);
  expect(judge({ packages }, { ...manifest, allowScripts: { "a-linux": false } })).toEqual([]);
});

test("a package without integrity is refused", () => {
  const packages = { ...good.packages, "node_modules/a-linux": { version: "1.0.0" } };
  expect(judge({ packages })).toEqual([expect.stringMatching(/no integrity/)]);
});
