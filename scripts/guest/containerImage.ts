import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import {
  chown,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

/*
 * A small PostgreSQL container image, made of this Debian's own files: the server and its programs with their libraries,
 * and busybox for everything else. It is laid out as the official image is (PGDATA, account 999:999, entry point), so that
 * what works with that works with this. There is no registry to get the official one from.
 */

const run = promisify(execFile);
const POSTGRES_PROGRAMS = [
  ...["postgres", "initdb", "pg_ctl", "pg_controldata", "pg_isready", "psql", "pg_dump", "pg_restore"],
  ...["createdb", "dropdb", "pg_basebackup"],
];
const ACCOUNT_ID = 999;
const DATA_DIRECTORY = "/var/lib/postgresql/data";
/** Time zones that a server with UTC settings reads. */
const ZONES = ["Etc", "UTC", "GMT"];

const ENTRYPOINT = `#!/bin/sh
# The server takes this shell's place, and is so process 1 of the container: signals reach it.
if [ ! -s "$PGDATA/PG_VERSION" ]; then
	echo "There is no cluster in $PGDATA." >&2
	exit 1
fi
exec "$@"
`;

/** Options of `docker import` that make the image what the files alone do not say. */
export function importOptions(binDirectory: string): readonly string[] {
  return [
    `ENV PGDATA=${DATA_DIRECTORY}`,
    `ENV PATH=${binDirectory}:/usr/bin:/bin`,
    "ENV LANG=C.UTF-8",
    `USER ${ACCOUNT_ID}:${ACCOUNT_ID}`,
    `VOLUME ${DATA_DIRECTORY}`,
    'ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]',
    'CMD ["postgres"]',
  ].flatMap((line) => ["--change", line]);
}

/** Libraries of a program, and its loader, as ldd tells them. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await run("ldd", [program]);
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = ""]) => path);
}

/** Copies a file to the same path below root; what a link points at is copied in the link's place. */
async function place(root: string, path: string): Promise<void> {
  const target = join(root, path);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(await realpath(path), target);
}

async function placeAccount(root: string): Promise<void> {
  const entry = `postgres:x:${ACCOUNT_ID}:${ACCOUNT_ID}::/var/lib/postgresql:/bin/sh`;
  await mkdir(join(root, "etc"), { recursive: true });
  await writeFile(join(root, "etc", "passwd"), `root:x:0:0::/root:/bin/sh\n${entry}\n`);
  await writeFile(join(root, "etc", "group"), `root:x:0:\npostgres:x:${ACCOUNT_ID}:\n`);
  for (const folder of [dirname(DATA_DIRECTORY), DATA_DIRECTORY, "/run/postgresql", "/var/run/postgresql"]) {
    await mkdir(join(root, folder), { recursive: true, mode: 0o755 });
    await chown(join(root, folder), ACCOUNT_ID, ACCOUNT_ID);
  }
}

/** busybox under the names of the few programs that a person would look for in a container. */
async function placeShell(root: string): Promise<void> {
  await place(root, "/bin/busybox");
  for (const name of ["sh", "ls", "cat", "du", "df", "id", "ps", "stat", "find", "head", "tail", "sleep", "env"]) {
    await symlink("busybox", join(root, "bin", name));
  }
  await mkdir(join(root, "usr", "local", "bin"), { recursive: true });
  await writeFile(join(root, "usr", "local", "bin", "docker-entrypoint.sh"), ENTRYPOINT, { mode: 0o755 });
  for (const folder of ["tmp", "proc", "sys", "dev", "root"]) await mkdir(join(root, folder), { recursive: true });
  await run("chmod", ["1777", join(root, "tmp")]);
}

async function placePostgres(root: string, binDirectory: string): Promise<void> {
  const versionFolder = dirname(binDirectory);
  const libraryFolder = join(versionFolder, "lib");
  const modules = (await readdir(libraryFolder)).filter((name) => name.endsWith(".so"));
  const programs = [
    ...POSTGRES_PROGRAMS.map((name) => join(binDirectory, name)),
    ...["plpgsql.so", "dict_snowball.so", "libpqwalreceiver.so", "pgcrypto.so"]
      .filter((name) => modules.includes(name))
      .map((name) => join(libraryFolder, name)),
  ];
  const libraries = new Set((await Promise.all(programs.map(librariesOf))).flat());
  for (const path of [...programs, ...libraries]) await place(root, path);
  const shareFolder = `/usr/share/postgresql/${basename(versionFolder)}`;
  await cp(shareFolder, join(root, shareFolder), {
    recursive: true,
    dereference: true,
    filter: (path) => !/\/(man|locale)(\/|$)/.test(path),
  });
  for (const zone of ZONES) {
    await cp(`/usr/share/zoneinfo/${zone}`, join(root, "usr/share/zoneinfo", zone), {
      recursive: true,
      dereference: true,
    });
  }
}

/**
 * Builds the image's files from Debian's PostgreSQL in binDirectory (/usr/lib/postgresql/15/bin) as a tar file for
 * `docker import`; returns its path. Needs root, for the files' owners. One that is there already is used again.
 */
export async function buildImage(folder: string, binDirectory: string): Promise<string> {
  const tarPath = join(folder, `postgres-${basename(dirname(binDirectory))}.tar`);
  if (existsSync(tarPath)) return tarPath;
  await mkdir(folder, { recursive: true });
  const root = await mkdtemp(join(folder, "image-"));
  try {
    await run("chmod", ["755", root]);
    await placeAccount(root);
    await placeShell(root);
    await placePostgres(root, binDirectory);
    await run("tar", ["--create", "--numeric-owner", "--file", `${tarPath}.new`, "--directory", root, "."]);
    await rename(`${tarPath}.new`, tarPath);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
  return tarPath;
}
