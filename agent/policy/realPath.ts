import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failure } from "../../domain/failure.ts";
import { errnoOf } from "../process/durableFile.ts";

/**
 * Where an absolute path really leads: the deepest part that exists is resolved through every link, the rest is appended as it
 * is. `..`, `.`, empty parts and NUL are refused before anything is looked at (`outsideAllowedRoots`), since what they mean
 * depends on links that do not exist yet. A dangling link is refused too: writing through it would create its target.
 */
export function realPath(path: string): string {
  assertPlain(path);
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    const real = resolveExisting(at);
    if (real !== undefined) return join(real, ...missing);
    missing.unshift(basename(at));
  }
}

function assertPlain(path: string): void {
  const isPlain =
    path.startsWith("/") &&
    !path.includes("\0") &&
    path
      .replace(/\/$/, "")
      .split("/")
      .slice(1)
      .every((part) => part !== "" && part !== "." && part !== "..");
  if (!isPlain && path !== "/") {
    throw new Failure("outsideAllowedRoots", `${JSON.stringify(path)} is not a plain absolute path.`);
  }
}

/** Undefined when nothing is there. */
function resolveExisting(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT" && !isLink(path)) return undefined;
    throw new Failure("outsideAllowedRoots", `${path} can't be followed to its end (${errno ?? "error"}).`, {
      cause: error,
    });
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
