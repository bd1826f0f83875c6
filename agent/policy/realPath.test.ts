import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Failure } from "../../domain/failure.ts";
import { realPath } from "./realPath.ts";

let base = "";

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "slackwater-real-path-")));
  mkdirSync(join(base, "inside"));
  symlinkSync("/etc", join(base, "inside", "elsewhere"));
  symlinkSync("nowhere", join(base, "inside", "dangling"));
  symlinkSync("loop", join(base, "inside", "loop"));
});
afterAll(() => rmSync(base, { recursive: true }));

function refusal(path: string): string | undefined {
  try {
    realPath(path);
    return undefined;
  } catch (error) {
    return error instanceof Failure ? error.code : "thrown";
  }
}

describe("where a path really leads", () => {
  test("a link on the way is followed before anything is compared", () => {
    expect(realPath(join(base, "inside", "elsewhere", "hostname-of-tomorrow"))).toBe("/etc/hostname-of-tomorrow");
  });

  test("what does not exist yet is told by the deepest folder that does", () => {
    expect(realPath(join(base, "inside", "new", "deeper"))).toBe(join(base, "inside", "new", "deeper"));
    expect(realPath(join(base, "inside/"))).toBe(join(base, "inside"));
    expect(realPath("/")).toBe("/");
  });

  test.each(["relative", "/a/../b", "/a/./b", "/a//b", "/..", "", "/a\0b"])("%j is no path to work on", (path) => {
    expect(refusal(path)).toBe("outsideAllowedRoots");
  });

  test("a link to nothing is refused, since writing through it would make its target", () => {
    expect(refusal(join(base, "inside", "dangling"))).toBe("outsideAllowedRoots");
    expect(refusal(join(base, "inside", "dangling", "below"))).toBe("outsideAllowedRoots");
    expect(refusal(join(base, "inside", "loop"))).toBe("outsideAllowedRoots");
  });
});
