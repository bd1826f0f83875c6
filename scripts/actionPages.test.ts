import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { stalePages } from "./actionPages.ts";

test("npm run check names each page that is missing or not what the actions say", () => {
  const root = mkdtempSync(path.join(tmpdir(), "slackwater-pages-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  expect(stalePages(root)).toContain("docs/actions/luks.md is not there.");
});
