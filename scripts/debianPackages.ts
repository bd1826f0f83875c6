import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";

const NO_DAEMONS = "/usr/sbin/policy-rc.d";

/** Which of these Debian packages are not installed. */
function missingPackages(wanted: readonly string[]): readonly string[] {
  const asked = spawnSync("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Status}\n", "--", ...wanted], {
    encoding: "utf8",
  });
  const installed = new Set(
    (asked.stdout ?? "").split("\n").flatMap((line) => (line.endsWith(" installed") ? [line.split(" ")[0]] : [])),
  );
  return wanted.filter((name) => !installed.has(name));
}

/**
 * Installs what is missing, where that is possible without asking: root on Debian. Says so first. Daemons that come
 * with the packages are not started: whoever needs one starts their own.
 *
 * @param purpose what they are for, as it stands in the line that says so: "the tests"
 * @returns what is still missing, with the reason; undefined when nothing is
 */
export function installPackages(
  wanted: readonly string[],
  purpose: string,
  log: (line: string) => void,
): string | undefined {
  if (!existsSync("/usr/bin/dpkg-query") || !existsSync("/etc/debian_version")) {
    return `this is not Debian, so not looked for: ${wanted.join(" ")} (named as Debian names them)`;
  }
  const missing = missingPackages(wanted);
  if (missing.length === 0) return undefined;
  if (process.getuid?.() !== 0) return `not root, so not installed: ${missing.join(" ")}`;

  log(`Installing Debian packages for ${purpose}: ${missing.join(" ")}`);
  const ownPolicy = !existsSync(NO_DAEMONS);
  if (ownPolicy) writeFileSync(NO_DAEMONS, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    spawnSync("apt-get", ["update", "-qq"], { env, stdio: ["ignore", "ignore", "inherit"] });
    const words = ["install", "-y", "-qq", "--no-install-recommends", "--", ...missing];
    spawnSync("apt-get", words, { env, stdio: ["ignore", "ignore", "inherit"] });
  } finally {
    if (ownPolicy) rmSync(NO_DAEMONS, { force: true });
  }
  const still = missingPackages(wanted);
  return still.length === 0 ? undefined : `apt-get could not install: ${still.join(" ")}`;
}
