// npm run docs:actions: writes docs/actions/ from the actions themselves, and the published schema of runbooks, which names their arguments.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { loadEveryAction } from "../agent/actions/packs.ts";
import { ACTIONS } from "../domain/action/catalog.ts";
import { runbookJsonSchema } from "../domain/runbook/runbookJsonSchema.ts";
import { indexPage } from "./actionPages/indexPage.ts";
import { packPage } from "./actionPages/packPage.ts";
import { projectRoot } from "./projectFiles.ts";

const LOADED = new Map((await loadEveryAction()).map((action) => [action.spec.name, action]));
const FOLDER = "docs/actions";
const SCHEMA = "docs/runbook.schema.json";

/** Every page of docs/actions by its path from the project's root: the index, and one page a pack. */
function actionPages(): ReadonlyMap<string, string> {
  const known = ACTIONS.map(({ name }) => {
    const action = LOADED.get(name);
    if (action === undefined) throw new TypeError(`the agent has no action ${name}`);
    return action;
  });
  const packs = Map.groupBy(known, ({ spec }) => spec.name.split(".", 1).join(""));
  const pages = [...packs].map(([pack, actions]) => [`${FOLDER}/${pack}.md`, packPage(pack, actions)] as const);
  return new Map([[`${FOLDER}/README.md`, indexPage(packs)], ...pages]);
}

/** Which pages are not what the actions say today, for `npm run check`. */
export function stalePages(root: string = projectRoot): readonly string[] {
  const pages = actionPages();
  const stale = [...pages].flatMap(([page, text]) => {
    const there = existsSync(path.join(root, page)) ? readFileSync(path.join(root, page), "utf8") : undefined;
    return there === text
      ? []
      : [`${page} ${there === undefined ? "is not there" : "is not what the actions say today"}.`];
  });
  const left = pagesThere(root).filter((page) => !pages.has(page));
  return [...stale, ...left.map((page) => `${page} is of a pack that is no more.`)];
}

function pagesThere(root: string): readonly string[] {
  const folder = path.join(root, FOLDER);
  return existsSync(folder) ? readdirSync(folder).map((file) => `${FOLDER}/${file}`) : [];
}

function writePages(root: string): void {
  const pages = actionPages();
  mkdirSync(path.join(root, FOLDER), { recursive: true });
  for (const page of pagesThere(root)) if (!pages.has(page)) rmSync(path.join(root, page));
  for (const [page, text] of pages) writeFileSync(path.join(root, page), text);
  writeFileSync(path.join(root, SCHEMA), `${JSON.stringify(runbookJsonSchema(), null, 2)}\n`);
  spawnSync("biome", ["format", "--write", SCHEMA], { cwd: root, stdio: "inherit" });
  console.log(`Written: ${pages.size} pages in ${FOLDER}, and ${SCHEMA}.`);
}

if (import.meta.main) writePages(projectRoot);
