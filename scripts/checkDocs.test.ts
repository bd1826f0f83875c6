import { expect, test } from "vitest";
import { anchorsOf, findDeadLinks } from "./checkDocs.ts";

const there = new Set(["README.md", "docs/architecture.md", "docs", "server/main.ts"]);
const judge = (readme: string, architecture = "# How it fits\n") =>
  findDeadLinks(
    new Map([
      ["README.md", readme],
      ["docs/architecture.md", architecture],
    ]),
    (path) => there.has(path),
  );

test("links that lead somewhere are not reported", () => {
  const text =
    "[a](docs/architecture.md#how-it-fits) [b](server/main.ts) [c](https://example.org/x) [d](#title)\n\n# Title\n";
  expect(judge(text)).toEqual([]);
});

test("a link to a file that is gone is reported with its line", () => {
  expect(judge("\n\nSee [this](docs/gone.md).\n")).toEqual(["README.md:3 links to docs/gone.md, which is not there."]);
});

test("a link to a heading that is gone is reported", () => {
  expect(judge("[a](docs/architecture.md#old-name)")).toHaveLength(1);
});

test("an image that is gone is reported", () => {
  expect(judge("![shot](docs/shot.png)")).toHaveLength(1);
});

test("a link out of the project is reported, because a clone does not have it", () => {
  expect(judge("[a](../shared/DESIGN.md) [b](/etc/passwd)")).toHaveLength(2);
});

test("a path that only looks like a link inside code is left alone", () => {
  expect(judge("`[a](gone.md)`\n\n```\n[b](gone.md)\n```\n")).toEqual([]);
});

test("anchors are spelled as GitHub spells them", () => {
  const text = "# The `run` engine, v1\n## Again\n## Again\n## Größe & Maß\n";
  expect([...anchorsOf(text)]).toEqual(["the-run-engine-v1", "again", "again-1", "größe--maß"]);
});
