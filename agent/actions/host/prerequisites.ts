import { access, constants, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { hostPrerequisites } from "../../../domain/action/host.ts";
import { bash } from "../../byHand/bash.ts";
import { REFUSE } from "../../byHand/prelude.ts";
import { noteOf } from "../action.ts";
import { observing } from "../observing.ts";

type Args = z.output<typeof hostPrerequisites.args>;

/** A program that a run needs: its name, or its absolute path, and the Debian package that brings it. */
interface Needed {
  readonly program: string;
  readonly debianPackage: string;
}

const SEARCHED = (process.env.PATH ?? "")
  .split(":")
  .concat("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin");

/** What a run with these arguments needs. Nothing that it would not call. */
export function neededPrograms({ kind, encryption, binDir, tools }: Args): readonly Needed[] {
  const always: Needed[] = [
    { program: "rsync", debianPackage: "rsync" },
    { program: "openssl", debianPackage: "openssl" },
    { program: "gzip", debianPackage: "gzip" },
    { program: "mount", debianPackage: "mount" },
    { program: "umount", debianPackage: "mount" },
    { program: "findmnt", debianPackage: "util-linux" },
    { program: "losetup", debianPackage: "mount" },
    { program: "fallocate", debianPackage: "util-linux" },
    { program: "mkfs.ext4", debianPackage: "e2fsprogs" },
    { program: "chattr", debianPackage: "e2fsprogs" },
  ];
  const crypt: Needed[] = [
    { program: "cryptsetup", debianPackage: "cryptsetup-bin" },
    { program: "dmsetup", debianPackage: "dmsetup" },
  ];
  const server: Needed[] =
    kind === "docker"
      ? [{ program: "docker", debianPackage: "docker.io" }]
      : ["pg_ctl", "pg_controldata", "pg_dump", "psql"].map((name) => ({
          program: binDir === "" ? name : join(binDir, name),
          debianPackage: "postgresql",
        }));
  const asked = tools.map((program) => ({ program, debianPackage: program }));
  return [...always, ...(encryption === "luks2" ? crypt : []), ...server, ...asked];
}

/** Where a program lies; undefined when it is not there. */
async function locate(program: string): Promise<string | undefined> {
  const candidates = program.startsWith("/")
    ? [program]
    : SEARCHED.filter(Boolean).map((folder) => join(folder, program));
  for (const path of candidates) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}

/** True where the kernel has device-mapper's crypt target: loaded, built in, or known to modprobe's lists. */
async function hasDmCrypt(): Promise<boolean> {
  const [modules, misc, builtIn] = await Promise.all(
    [
      "/proc/modules",
      "/proc/misc",
      `/lib/modules/${(await readFile("/proc/sys/kernel/osrelease", "utf8")).trim()}/modules.builtin`,
    ].map((path) => readFile(path, "utf8").catch(() => "")),
  );
  if (/^dm_crypt /m.test(modules ?? "") || /dm-crypt\.ko/.test(builtIn ?? "")) return true;
  const dependencies = `/lib/modules/${(await readFile("/proc/sys/kernel/osrelease", "utf8")).trim()}/modules.dep`;
  const loadable = await readFile(dependencies, "utf8").catch(() => "");
  return /dm-crypt\.ko/.test(loadable) && /device-mapper/.test(misc ?? "");
}

const LOADABLE = bash`modprobe --dry-run --quiet dm_crypt`;
const NO_DM_CRYPT = bash`${REFUSE} 'The kernel has no dm_crypt.'`;

/** `host.prerequisites`: looks, runs nothing. */
export const hostPrerequisitesAction = observing(hostPrerequisites, {
  plan: (args) => {
    const programs = neededPrograms(args).map(({ program }) => program);
    return [
      noteOf(`look for ${programs.join(", ")}`, [
        bash`missing=()`,
        bash`for program in ${programs}; do`,
        bash`  command -v "$program" >/dev/null || missing+=("$program")`,
        bash`done`,
        bash`[[ \${#missing[@]} == 0 ]] || ${REFUSE} "These are missing: \${missing[*]}"`,
      ]),
      ...(args.encryption === "luks2"
        ? [
            noteOf("look for the kernel module dm_crypt", [
              bash`grep -qs '^dm_crypt ' /proc/modules || ${LOADABLE} || ${NO_DM_CRYPT}`,
            ]),
          ]
        : []),
      noteOf("be root", [bash`[[ $EUID == 0 ]] || ${REFUSE} 'Only root can do this.'`]),
    ];
  },
  run: async (args) => {
    const needed = neededPrograms(args);
    const found = await Promise.all(needed.map(async (need) => ({ ...need, path: await locate(need.program) })));
    const dmCrypt = args.encryption === "luks2" ? await hasDmCrypt() : true;
    const isRoot = process.geteuid?.() === 0;
    const missing = [
      ...found.filter(({ path }) => path === undefined).map(({ program }) => program),
      ...(dmCrypt ? [] : ["kernel module dm_crypt"]),
      ...(isRoot ? [] : ["root"]),
    ];
    return {
      ok: missing.length === 0,
      missing,
      missing_count: missing.length,
      packages: [...new Set(found.filter(({ path }) => path === undefined).map(({ debianPackage }) => debianPackage))],
      tools: Object.fromEntries(found.flatMap(({ program, path }) => (path === undefined ? [] : [[program, path]]))),
      modules: args.encryption === "luks2" ? { dm_crypt: dmCrypt } : {},
      is_root: isRoot,
    };
  },
});
