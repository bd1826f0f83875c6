import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { bundleAgent } from "./bundle.ts";
import { controlFile, debianArchitecture } from "./control.ts";
import { CONFFILES, filesIn, layOut, SCRIPTS } from "./tree.ts";

/** What is to be packed, and how. */
export interface PackageWish {
  /** The project. */
  readonly root: string;
  readonly version: string;
  /** The Node that goes with the agent. */
  readonly node: string;
  /** Where the package is put. */
  readonly folder: string;
  /** Modification time of every file, in seconds since 1970: the same sources make the same package. */
  readonly sourceDate: number;
  /** gzip's, 1 (quick) to 9 (small). */
  readonly compression: number;
}

/** Makes the agent's Debian package with `dpkg-deb`; returns its path. Throws with what dpkg-deb said when it could not. */
export async function packAgent(wish: PackageWish): Promise<string> {
  const { root, folder, version } = wish;
  const tree = mkdtempSync(path.join(tmpdir(), "slackwater-agent-package-"));
  try {
    chmodSync(tree, 0o755);
    await bundleAgent(root, layOut(root, tree, wish.node));
    const files = filesIn(tree);
    const control = path.join(tree, "DEBIAN");
    mkdirSync(control, { mode: 0o755 });
    const installedBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const write = (name: string, text: string) => writeFileSync(path.join(control, name), text, { mode: 0o644 });
    write("control", controlFile(version, installedBytes));
    write("conffiles", `${CONFFILES.join("\n")}\n`);
    write("md5sums", files.map((file) => `${md5(path.join(tree, file.path))}  ${file.path}\n`).join(""));
    for (const script of SCRIPTS) {
      copyFileSync(path.join(root, "agent", "package", script), path.join(control, script));
      chmodSync(path.join(control, script), 0o755);
    }
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, `slackwater-agent_${version}_${debianArchitecture()}.deb`);
    buildDeb(tree, file, wish);
    return file;
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** gzip: the tools of every Debian read it, and xz would take half a minute for a fifth less. */
function buildDeb(tree: string, file: string, wish: PackageWish): void {
  const words = ["--root-owner-group", "-Zgzip", `-z${wish.compression}`, "--build", tree, file];
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(wish.sourceDate) };
  const { status, error, stderr } = spawnSync("dpkg-deb", words, { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`dpkg-deb made no package: ${error?.message ?? stderr}`, { cause: error });
}

/** Debian's own check of installed files (`dpkg --verify`) is by MD5; it guards against damage, not against malice. */
function md5(file: string): string {
  return createHash("md5").update(readFileSync(file)).digest("hex");
}
