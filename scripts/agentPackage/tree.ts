import { chmodSync, copyFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

/** Where the program lies on a host; agent/package/slackwater-agent.sh names it too. */
const LIBRARY = "usr/lib/slackwater-agent";

/** Source in the project, place on the host, mode: everything of the package that is a file as it stands. */
const FILES: readonly (readonly [from: string, to: string, mode: number])[] = [
  ["agent/package/slackwater-agent.sh", "usr/sbin/slackwater-agent", 0o755],
  ["agent/package/slackwater-agent.service", "usr/lib/systemd/system/slackwater-agent.service", 0o644],
  ["agent/package/slackwater-agent.logrotate", "etc/logrotate.d/slackwater-agent", 0o644],
  ["agent/agent.example.yaml", "usr/share/slackwater-agent/agent.example.yaml", 0o644],
  ["LICENSE", "usr/share/doc/slackwater-agent/copyright", 0o644],
];

/** Files of the owner: an upgrade asks before it replaces one that was changed. */
export const CONFFILES: readonly string[] = ["/etc/logrotate.d/slackwater-agent"];
export const SCRIPTS: readonly string[] = ["preinst", "postinst", "prerm", "postrm"];

/**
 * Lays out in `tree` what the package puts on a host; the bundle is to be made in the folder that is returned.
 *
 * @param node the Node that goes with it: a whole program of its own
 */
export function layOut(root: string, tree: string, node: string): string {
  mkdirSync(tree, { recursive: true, mode: 0o755 });
  const place = (to: string): string => {
    const file = path.join(tree, to);
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
    return file;
  };
  const put = (from: string, to: string, mode: number) => {
    const file = place(to);
    copyFileSync(from, file);
    chmodSync(file, mode);
  };
  for (const [from, to, mode] of FILES) put(path.join(root, from), to, mode);
  put(node, `${LIBRARY}/node`, 0o755);
  // Node reads it to know that the program is a module.
  writeFileSync(place(`${LIBRARY}/package.json`), '{ "type": "module" }\n', { mode: 0o644 });
  const manual = readFileSync(path.join(root, "agent/package/slackwater-agent.8"));
  writeFileSync(place("usr/share/man/man8/slackwater-agent.8.gz"), gzipSync(manual, { level: 9 }), { mode: 0o644 });
  mkdirSync(path.join(tree, "etc/slackwater"), { recursive: true, mode: 0o755 });
  return path.join(tree, LIBRARY);
}

/** Every file in `tree`, by path from it, with its size in bytes. */
export function filesIn(tree: string): readonly { readonly path: string; readonly bytes: number }[] {
  return readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => ({ path: path.relative(tree, file), bytes: lstatSync(file).size }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
