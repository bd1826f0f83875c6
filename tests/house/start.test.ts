import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { projectRoot } from "../../scripts/projectFiles.ts";
import { nightlyTest } from "../support/nightly.ts";

/** A folder with nothing of the project but scripts/start.mjs. */
let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "slackwater-start-"));
  cpSync(path.join(projectRoot, "scripts", "start.mjs"), path.join(root, "scripts", "start.mjs"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const write = (name: string, text: string) => writeFileSync(path.join(root, name), text);
const wordsOf = (...words: string[]) => [path.join(root, "scripts", "start.mjs"), ...words];
const start = (...words: string[]) => spawnSync(process.execPath, wordsOf(...words), { encoding: "utf8" });

test("arguments are handed over, and the program's exit code is given back", () => {
  write("program.ts", "const n: number = 40; console.log(process.argv.slice(2).join('+')); process.exit(n + 2);");
  expect(start("program.ts", "a", "b c")).toMatchObject({ stdout: "a+b c\n", status: 42 });
});

test("a supervisor's signal is passed on, and it ends as the program ends", async () => {
  write(
    "program.ts",
    "process.on('SIGTERM', () => { console.log('asked'); process.exit(5); }); console.log('up'); setInterval(() => {}, 1000);",
  );
  const child = spawn(process.execPath, wordsOf("program.ts"), { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (bytes) => {
    said += String(bytes);
    if (said === "up\n") child.kill("SIGTERM");
  });
  const [code] = await once(child, "exit");
  expect(said).toBe("up\nasked\n");
  expect(code).toBe(5);
});

test("a program that is not there is named", () => {
  expect(start("no/such.ts")).toMatchObject({ status: 1, stderr: expect.stringContaining("There is no no/such.ts") });
});

describe("the database client", () => {
  beforeEach(() => {
    for (const name of ["package.json", "package-lock.json", "prisma.config.ts", "prisma"]) {
      cpSync(path.join(projectRoot, name), path.join(root, name), { recursive: true });
    }
    symlinkSync(path.join(projectRoot, "node_modules"), path.join(root, "node_modules"));
    mkdirSync(path.join(root, "server"));
    write(
      "server/program.ts",
      'import { PrismaClient } from "../generated/prisma/client.ts";\nconsole.log(typeof PrismaClient);\n',
    );
  });

  test("is made in a clean clone, before a program that imports it starts", () => {
    expect(start("server/program.ts")).toMatchObject({ stdout: "function\n", status: 0 });
  });

  nightlyTest("is made again when the schema has changed, and a broken schema stops the start", async () => {
    start("server/program.ts");
    write("prisma/schema/later.prisma", "model Broken {\n");
    expect(start("server/program.ts")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("prisma generate did not succeed"),
    });
  });
});
