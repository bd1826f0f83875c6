import type { OffSite } from "../../domain/action/offSiteTarget.ts";
import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

/** ssh ends with 255 for every fault of its own, and rsync with 12 or 255 when ssh has ended; the words are ssh's. */
const failureOf = failureBy(
  {
    1: "defect",
    2: "defect",
    10: "offSiteUnavailable",
    11: "ioError",
    12: "offSiteUnavailable",
    20: "programKilled",
    22: "outOfMemory",
    23: "copyPartial",
    24: "filesVanished",
    30: "timedOut",
    255: "offSiteUnavailable",
  },
  [
    {
      says: /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|Permission denied \(|Connection (?:refused|timed out|closed|reset)|Could not resolve hostname|No route to host|Identity file .* not accessible|Load key/,
      means: "offSiteUnavailable",
    },
    {
      says: /change_dir .* failed: No such file|mkdir .* failed|rsync: \[Receiver\].*No such file or directory/,
      means: "objectMissing",
    },
  ],
);

/**
 * Every setting that a person's or the system's configuration of ssh could have put in, said here: only this key is offered, only the
 * pinned host key is taken, nothing is asked, nothing is forwarded, and a far end that is gone is given up within a minute.
 */
function sshWords({ port, identity, knownHosts }: OffSite): readonly string[] {
  const settings = {
    BatchMode: "yes",
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: knownHosts,
    GlobalKnownHostsFile: "/dev/null",
    UpdateHostKeys: "no",
    ClearAllForwardings: "yes",
    ConnectTimeout: "20",
    ServerAliveInterval: "15",
    ServerAliveCountMax: "4",
  };
  const said = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return ["ssh", "-F", "/dev/null", "-p", String(port), "-i", identity, ...said];
}

/** The folder there, as rsync names it; it reaches the far end as one word whatever shell is there (`--protect-args`). */
const folderAt = ({ user, address, folder }: OffSite): string => `${user}@${address}:${folder.replace(/\/+$/, "")}/`;

function overSsh(target: OffSite, path: string, ...more: readonly string[]): ToolCall {
  return {
    file: "rsync",
    args: ["--times", "--protect-args", `--rsh=${sshWords(target).join(" ")}`, ...more, "--", path, folderAt(target)],
    debianPackage: "rsync",
    failureOf,
  };
}

/** Sends one file, readable there by its account alone. What is there already is compared by content, whatever its size and time, and completed. */
export const shipCall = (target: OffSite, path: string): ToolCall =>
  overSsh(
    target,
    path,
    "--ignore-times",
    "--chmod=F600",
    "--partial-dir=.slackwater-partial",
    "--info=progress2",
    "--outbuf=L",
  );

/** Has the far end read its file again and says in what it differs: nothing is printed where it is equal, and nothing is changed. */
export const compareCall = (target: OffSite, path: string): ToolCall =>
  overSsh(target, path, "--checksum", "--dry-run", "--itemize-changes");
