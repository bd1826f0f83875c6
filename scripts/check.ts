// npm run check: everything that can be known about the code without running the product.
import { spawnSync } from "node:child_process";
import { stalePages } from "./actionPages.ts";
import { checkDocs } from "./checkDocs.ts";
import { checkImports } from "./checkImports.ts";
import { checkLock } from "./checkLock.ts";
import { missingMigration } from "./migrate.ts";
import { projectRoot } from "./projectFiles.ts";
import { writeRecord } from "./test/results.ts";

/** One thing that must hold. `run` returns what is wrong, empty when nothing is. */
interface Check {
  readonly name: string;
  readonly run: () => Promise<string> | string;
  /** Where the right home of a fault is: which file to change, which command to run. */
  readonly home: string;
}

const CHECKS: readonly Check[] = [
  {
    name: "types",
    run: () => command("prisma", "generate") || command("next", "typegen") || command("tsc", "--noEmit", "-p", "."),
    home: "Mend the code; tsconfig.json stays as strict as it is.",
  },
  {
    name: "lint and format",
    run: () => command("biome", "ci", "--colors=off", "--max-diagnostics=40", "."),
    home: '"npm run format" mends layout and import order; the rest is mended in the code. There are no ignore comments.',
  },
  {
    name: "import arrows",
    run: () => checkImports().join("\n"),
    home: "The table is scripts/imports/law.ts (docs/architecture.md draws it); it has no list of exceptions.",
  },
  {
    name: "dead code",
    run: () => command("knip", "--no-progress"),
    home: "Delete what nobody uses, or its `export`. A new program that is started by hand is an entry in knip.jsonc.",
  },
  {
    name: "schema against migrations",
    run: async () => (await missingMigration()) ?? "",
    home: 'The SQL above is what prisma/schema says and prisma/migrations does not: "npm run migrate:new -- <name>".',
  },
  {
    name: "lock for every platform",
    run: () => checkLock().join("\n"),
    home: "Versions are exact in package.json; CONTRIBUTING.md says how the lock is made anew.",
  },
  {
    name: "pages of actions",
    run: () => stalePages().join("\n"),
    home: '"npm run docs:actions" writes them from the actions; nothing in docs/actions is written by hand.',
  },
  {
    name: "links in docs",
    run: () => checkDocs().join("\n"),
    home: "Change the page, or move its target back; a page never links to what a clone does not have.",
  },
];

/** Runs one of the project's own tools; returns its output when it fails and nothing when it does not. */
function command(program: string, ...words: readonly string[]): string {
  const done = spawnSync(program, words, { cwd: projectRoot, encoding: "utf8", maxBuffer: 64 * 2 ** 20 });
  if (done.status === 0) return "";
  const said = `${done.stderr}${done.stdout}`.trim(); // what is wrong before how much was looked at
  return said || `${program} ${done.error ? `can't be started: ${done.error.message}` : `ended with ${done.status}`}`;
}

let failed = 0;
for (const check of CHECKS) {
  const startedAt = performance.now();
  let wrong: string;
  try {
    wrong = await check.run();
  } catch (error) {
    wrong = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const tookMs = performance.now() - startedAt;
  const because = wrong.split("\n")[0] ?? "";
  writeRecord({ file: "scripts/check.ts", title: check.name, outcome: wrong ? "failed" : "passed", tookMs, because });
  const seconds = (tookMs / 1000).toFixed(1);
  console.log(`${wrong ? "FAILED" : "ok    "}  ${check.name} (${seconds} s)`);
  if (!wrong) continue;
  failed += 1;
  console.error(`${wrong}\n  → ${check.home}\n`);
}
process.exitCode = failed > 0 ? 1 : 0;
