import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import MarkdownIt from "markdown-it";
import { projectFiles, projectRoot } from "./projectFiles.ts";

/** One link or image of a page: where it stands and what it names, as written. */
interface Link {
  readonly line: number;
  readonly target: string;
}

const markdown = new MarkdownIt({ html: true, linkify: false });

/** Anchors of a page's headings, spelled as GitHub spells them. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  const tokens = markdown.parse(text, {});
  tokens.forEach((token, index) => {
    if (token.type !== "heading_open") return;
    const words = (tokens[index + 1]?.children ?? [])
      .filter((child) => child.type === "text" || child.type === "code_inline")
      .map((child) => child.content)
      .join("");
    const base = words
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "")
      .replaceAll(" ", "-");
    let anchor = base;
    for (let repeat = 1; anchors.has(anchor); repeat += 1) anchor = `${base}-${repeat}`;
    anchors.add(anchor);
  });
  return anchors;
}

/** Links and images of a page, with the line of the paragraph that holds them. */
export function linksOf(text: string): readonly Link[] {
  const links: Link[] = [];
  let line = 1; // cells of a table do not know theirs: that of the row's start is near enough
  for (const token of markdown.parse(text, {})) {
    if (token.map) line = token.map[0] + 1;
    for (const child of token.children ?? []) {
      const target = child.attrGet("href") ?? child.attrGet("src");
      if (typeof target === "string") links.push({ line, target });
    }
  }
  return links;
}

/**
 * Checks that every relative link of the pages leads to a file or folder of the project, and its #anchor to a heading.
 * Links with a scheme are not followed: whether the internet is there is not a property of the change.
 *
 * @param pages path from the project's root → text
 * @param exists says whether a path from the root is there
 */
export function findDeadLinks(
  pages: ReadonlyMap<string, string>,
  exists: (path: string) => boolean,
): readonly string[] {
  const faults: string[] = [];
  for (const [page, text] of pages) {
    for (const { line, target } of linksOf(text)) {
      if (/^[a-z][a-z0-9+.-]*:/i.test(target) || target.startsWith("//")) continue;
      const [file = "", anchor = ""] = decodeURI(target).split("#");
      const found = file === "" ? page : path.posix.normalize(path.posix.join(path.posix.dirname(page), file));
      if (found.startsWith("..") || target.startsWith("/")) {
        faults.push(`${page}:${line} links to ${target}, which is outside of the project.`);
      } else if (!exists(found)) {
        faults.push(`${page}:${line} links to ${target}, which is not there.`);
      } else if (anchor !== "" && found.endsWith(".md")) {
        const other = pages.get(found);
        if (other !== undefined && !anchorsOf(other).has(anchor)) {
          faults.push(`${page}:${line} links to ${target}, but ${found} has no heading of that name.`);
        }
      }
    }
  }
  return faults;
}

/** findDeadLinks for every Markdown page of this project. */
export function checkDocs(root: string = projectRoot): readonly string[] {
  const pages = new Map<string, string>();
  for (const file of projectFiles(root)) {
    if (file.endsWith(".md")) pages.set(file, readFileSync(path.join(root, file), "utf8"));
  }
  return findDeadLinks(pages, (file) => existsSync(path.join(root, file)));
}

if (import.meta.main) {
  const faults = checkDocs();
  for (const line of faults) console.error(line);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
