import { describe, expect, test } from "vitest";
import { findFaults } from "./findFaults.ts";
import { LAW, ZONES } from "./law.ts";

/** Judges one file; every relative import is taken to exist unless `missing` is said. */
function judge(path: string, source: string, others: Record<string, string> = {}): string[] {
  const sources = new Map(Object.entries({ [path]: source, ...others }));
  return findFaults(sources, (target) => !target.includes("missing"))
    .filter((fault) => fault.path === path)
    .map((fault) => fault.problem);
}

test("every zone has exactly one row", () => {
  expect(LAW.map((row) => row.zone).sort()).toEqual([...ZONES].sort());
});

describe("an arrow that the design allows is not reported", () => {
  test.each([
    ["domain/run/decide.ts", `import { z } from "zod"; import type { A } from "../ids.ts";`],
    ["domain/run/decide.test.ts", `import { test } from "vitest"; import fc from "fast-check"; import "node:fs";`],
    ["protocol/agent.ts", `import type { A } from "../domain/ids.ts";`],
    ["server/db/client.ts", `import { PrismaClient } from "../../generated/prisma/client.ts"; import pg from "pg";`],
    ["server/windows/commands.ts", `import { a } from "../hosts/queries.ts"; import { b } from "./policy.ts";`],
    ["server/windows/queries.ts", `import { c } from "../db/client.ts";`],
    ["server/engine/runLoop.ts", `import { e } from "../../domain/run/evolve.ts"; import PgBoss from "pg-boss";`],
    [
      "server/realtime/browserGateway.ts",
      `import { p } from "../windows/present.ts"; import { Server } from "socket.io";`,
    ],
    ["server/main.ts", `import next from "next"; import { r } from "./realtime/agentGateway.ts";`],
    ["agent/actions/copy.ts", `import { run } from "../process/run.ts";`],
    ["agent/process/run.ts", `import { execa } from "execa"; import { spawn } from "node:child_process";`],
    [
      "components/windows/List.tsx",
      `import { Button } from "../ui/Button.tsx"; import { W } from "../../domain/ids.ts";`,
    ],
    ["app/windows/page.tsx", `import "../globals.css"; import { w } from "../../server/windows/queries.ts";`],
    ["server/windows/commands.ts", `import type { Actor } from "../identity/actor.ts";`],
    ["server/realtime/rooms.ts", `import { personOf } from "../identity/session.ts";`],
    ["components/ui/Age.tsx", `import { formatDuration } from "../../domain/format/duration.ts";`],
    ["agent/version.ts", `import about from "../package.json" with { type: "json" };`],
    ["scripts/migrate.ts", `import { x } from "../server/db/applyMigrations.ts";`],
  ])("%s", (path, source) => {
    expect(judge(path, source)).toEqual([]);
  });
});

describe("an arrow against the design is reported", () => {
  test.each([
    ["domain/run/decide.ts", `import { readFile } from "node:fs/promises";`, "imports node:fs/promises"],
    ["domain/run/decide.ts", `import type { F } from "../../protocol/agent.ts";`, "imports protocol/agent.ts"],
    ["domain/run/decide.ts", `export * from "lodash";`, "imports the package lodash"],
    [
      "protocol/agent.ts",
      `import type { P } from "../generated/prisma/client.ts";`,
      "imports generated/prisma/client.ts",
    ],
    ["server/db/outbox.ts", `import { w } from "../windows/queries.ts";`, "imports server/windows/queries.ts"],
    ["server/windows/commands.ts", `import { h } from "../hosts/commands.ts";`, "imports server/hosts/commands.ts"],
    [
      "server/windows/commands.ts",
      `const e = await import("../engine/runLoop.ts");`,
      "imports server/engine/runLoop.ts",
    ],
    [
      "server/windows/queries.ts",
      `import { PrismaClient } from "@prisma/client";`,
      "imports the package @prisma/client",
    ],
    [
      "server/windows/queries.ts",
      `import { P } from "../../generated/prisma/client.ts";`,
      "imports generated/prisma/client.ts",
    ],
    ["server/identity/session.ts", `import { w } from "../windows/queries.ts";`, "imports server/windows/queries.ts"],
    ["server/engine/runLoop.ts", `import { s } from "../identity/session.ts";`, "imports server/identity/session.ts"],
    ["components/windows/List.tsx", `import about from "../../package.json";`, "imports package.json"],
    ["server/engine/runLoop.ts", `import { g } from "../realtime/rooms.ts";`, "imports server/realtime/rooms.ts"],
    ["server/engine/runLoop.ts", `import { h } from "../hosts/queries.ts";`, "imports server/hosts/queries.ts"],
    ["server/realtime/rooms.ts", `import { c } from "../windows/commands.ts";`, "imports server/windows/commands.ts"],
    ["server/realtime/rooms.ts", `import { cookies } from "next/headers";`, "imports the package next/headers"],
    ["agent/tools/rsync.ts", `import { execa } from "execa";`, "imports the package execa"],
    ["agent/tools/rsync.ts", `import { spawn } from "node:child_process";`, "imports node:child_process"],
    ["agent/link/connect.ts", `import { c } from "../../server/config.ts";`, "imports server/config.ts"],
    ["components/ui/Button.tsx", `import { W } from "../windows/Card.tsx";`, "imports components/windows/Card.tsx"],
    ["components/ui/Button.tsx", `import type { Instant } from "../../domain/time.ts";`, "imports domain/time.ts"],
    ["components/windows/List.tsx", `import fs from "node:fs";`, "imports node:fs"],
    ["components/windows/List.tsx", `type A = import("../../agent/cli.ts").A;`, "imports agent/cli.ts"],
    ["app/windows/page.tsx", `import { db } from "../../server/db/client.ts";`, "imports server/db/client.ts"],
    ["app/windows/page.tsx", `import { e } from "../../server/engine/runLoop.ts";`, "imports server/engine/runLoop.ts"],
    ["server/config.ts", `import { t } from "../tests/support/database.ts";`, "imports tests/support/database.ts"],
    ["agent/cli.ts", `import { t } from "./missing.ts";`, "imports ./missing.ts, which is not a file"],
  ])("%s: %s", (path, source, problem) => {
    expect(judge(path, source)).toEqual([problem]);
  });
});

test("a clock, chance or a timer in domain is reported, and text that only mentions one is not", () => {
  const source = `
    const a = Date.now(); const b = new Date(); const c = Math.random();
    const d = new Date(0); const e = "Date.now()"; // Math.random()
    setTimeout(() => {}, 1);
  `;
  expect(judge("domain/time.ts", source)).toEqual([
    "uses Date.now",
    "uses new Date()",
    "uses Math.random",
    "uses setTimeout",
  ]);
  expect(judge("server/windows/queries.ts", source)).toEqual([]);
});

test("a second domain file that imports yaml is reported in both files", () => {
  const importing = `import { parse } from "yaml";`;
  expect(judge("domain/runbook/parse.ts", importing)).toEqual([]);
  expect(judge("domain/runbook/parse.ts", importing, { "domain/runbook/lint.ts": importing })).toEqual([
    "imports the package yaml, as another file does",
  ]);
});

test("every report names the right home", () => {
  const [fault] = findFaults(new Map([["agent/tools/rsync.ts", `import "execa";`]]), () => true);
  expect(fault?.home).toContain("agent/process");
});
