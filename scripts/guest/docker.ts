import { importOptions } from "./containerImage.ts";
import type { Guest } from "./guest.ts";
import { guestFailure } from "./guestFailure.ts";

/** Tag of the image that containerImage.ts builds. */
export const IMAGE_NAME = "sample-postgres:15";

const DOCKER_LOG = "/var/log/dockerd.log";
const DAEMON = [
  "exec dockerd",
  "--storage-driver overlay2",
  // Containers use the guest's own network: no bridge, no packet filter, a second less to start.
  "--bridge none --iptables=false --ip6tables=false",
].join(" ");

async function must(guest: Guest, command: string): Promise<string> {
  const result = await guest.exec(command, { timeoutMs: 120_000 });
  if (result.exitCode !== 0) throw guestFailure("refused", `${command}\n${result.output}`);
  return result.output;
}

/**
 * Starts dockerd (Debian's docker.io, which the host must have) in a guest, its data on the guest's root disk: they outlive
 * a power cut, dockerd has to be started again after it. Resolves when it answers.
 */
export async function startDocker(guest: Guest): Promise<void> {
  // Not on the guest's root, an overlay: Docker's own overlays cannot lie on one.
  await must(guest, "mkdir -p /plain/docker /var/lib/docker && mount --bind /plain/docker /var/lib/docker");
  const pid = await guest.launch(DAEMON, DOCKER_LOG);
  // Looking for its socket is cheap; a docker client takes half a second to start here.
  const isUp = "test -S /run/docker.sock && docker version >/dev/null 2>&1";
  await must(guest, `until ${isUp}; do kill -0 ${pid} || { tail -20 ${DOCKER_LOG}; exit 1; }; sleep 0.1; done`);
}

/** Imports the image from a tar file, by the path that the guest sees it at; does nothing when the guest has it. */
export async function importImage(guest: Guest, tarPathInGuest: string, binDirectory: string): Promise<void> {
  const options = importOptions(binDirectory).map((word) => `'${word}'`);
  const isThere = (await guest.exec(`docker image inspect ${IMAGE_NAME}`)).exitCode === 0;
  if (!isThere) await must(guest, `docker import ${options.join(" ")} ${tarPathInGuest} ${IMAGE_NAME}`);
}
