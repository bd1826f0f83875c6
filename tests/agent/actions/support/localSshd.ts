import type { ChildProcess } from "node:child_process";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { OffSite } from "../../../../domain/action/offSiteTarget.ts";
import { freePort } from "../../../support/serverProcess.ts";

const SSHD = "/usr/sbin/sshd";

export const hasSshd = existsSync(SSHD);

/** A real sshd on this machine's loopback address, which lets this account in by one key. */
export interface LocalSshd {
  readonly target: OffSite;
  readonly directory: string;
  /** Another pinned host key than the one that is shown, in a file of its own. */
  readonly wrongKnownHosts: string;
  /** A key that is not let in. */
  readonly otherIdentity: string;
  end(): Promise<void>;
}

/** Starts it, with everything of it in a folder. */
export async function startSshd(room: string): Promise<LocalSshd> {
  const folder = join(room, "sshd");
  const directory = join(folder, "kept");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (userInfo().uid === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const key = (name: string): string => {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", join(folder, name)]);
    return join(folder, name);
  };
  const publicOf = (path: string) => readFileSync(`${path}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
  const [hostKey, identity, otherIdentity] = [key("host"), key("identity"), key("other")];
  const port = await freePort();
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const authorized = file("authorized_keys", `restrict,pty ${publicOf(identity)}\n`);
  const settings = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${authorized}`,
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "PermitRootLogin prohibit-password",
    `PidFile ${join(folder, "pid")}`,
  ];
  const child: ChildProcess = spawn(SSHD, ["-D", "-e", "-f", file("config", `${settings.join("\n")}\n`)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr?.on("data", (bytes) => {
    said += String(bytes);
  });
  const deadline = performance.now() + 10_000;
  while (!said.includes("Server listening")) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`sshd does not listen: ${said}`);
    await sleep(20);
  }
  const line = (publicKey: string) => `[127.0.0.1]:${port} ${publicKey}\n`;
  return {
    target: {
      ...{ address: "127.0.0.1", port, user: userInfo().username, folder: directory, identity },
      knownHosts: file("known_hosts", line(publicOf(hostKey))),
    },
    directory,
    wrongKnownHosts: file("wrong_known_hosts", line(publicOf(otherIdentity))),
    otherIdentity,
    async end() {
      if (child.exitCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    },
  };
}
