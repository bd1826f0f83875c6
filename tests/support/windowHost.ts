import { generateIdentity, identityToRecipient } from "age-encryption";
import { agentPaths, agentYaml, mustRun, startAgentOn } from "../../scripts/demo/agentOnHost.ts";
import { planWindow, windowParameters } from "../../scripts/demo/demoWindow.ts";
import type { SampleState } from "../../scripts/demo/sample/sampleState.ts";
import type { SampleHost } from "../../scripts/demo/sampleHost.ts";
import { buildImage } from "../../scripts/guest/containerImage.ts";
import { IMAGE_NAME, importImage, startDocker } from "../../scripts/guest/docker.ts";
import type { Guest } from "../../scripts/guest/guest.ts";
import { hostPathInGuest } from "../../scripts/guest/guest.ts";
import { projectRoot } from "../../scripts/projectFiles.ts";
import type { GuestFolder } from "../guest/support/guestTest.ts";
import { makeTemplate, SAMPLE_FOLDER, startSample } from "../guest/support/sampleGuest.ts";
import type { KillableAgent } from "./killableAgent.ts";
import { killableAgent } from "./killableAgent.ts";
import type { WindowHouse } from "./windowHouse.ts";
import { openWindowHouse } from "./windowHouse.ts";

/** What the runbook itself takes for harmless, and requests that a starved service gave up. */
const BENIGN =
  "terminating connection due to administrator command, the database system is (starting up|shutting down)";

/** A guest as the demo's own programs want their sample host. */
export function sampleHostOf(guest: Guest): SampleHost {
  const exec: SampleHost["exec"] = (command, timeoutMs = 240_000) => guest.exec(command, { timeoutMs });
  return {
    kind: "guest",
    encryption: "luks2",
    folder: SAMPLE_FOLDER,
    see: hostPathInGuest,
    exec,
    launch: (command, logPath) => guest.launch(command, logPath),
    readText: async (path) => (await exec(`cat '${path}'`)).output,
    writeText: async (path, text, mode) => {
      const bytes = Buffer.from(text).toString("base64");
      await mustRun(
        { exec } as SampleHost,
        `umask 077 && base64 -d <<<'${bytes}' > '${path}' && chmod ${mode.toString(8)} '${path}'`,
      );
    },
    network: (state) => guest.network(state),
    remove: () => guest.remove(),
  };
}

/** The agent of a guest: enrolled, connected, and to be killed. */
export interface WindowAgent extends KillableAgent {
  readonly hostId: string;
}

/** Enrols a guest with its sample and starts its agent, which trusts the approver's passkey. */
export async function startWindowAgent(
  house: WindowHouse,
  host: SampleHost,
  sample: SampleState,
): Promise<WindowAgent> {
  const paths = agentPaths(host);
  const keys = await house.seeded.trustedKeys(house.site);
  await host.writeText(paths.config, agentYaml(host, sample, keys), 0o600);
  // Its owner wrote it days ago: a power cut a few seconds from now must not find it only in memory.
  await mustRun(host, "sync");
  const how = { root: projectRoot, node: process.execPath, serverUrl: `http://127.0.0.1:${house.port}` };
  const { hostId } = await startAgentOn(host, house.people.admin, how);
  return { hostId, ...killableAgent(host, how) };
}

/** Everything that a window takes, up and running. */
export interface WindowScene {
  readonly house: WindowHouse;
  readonly guest: Guest;
  readonly host: SampleHost;
  readonly sample: SampleState;
  readonly agent: WindowAgent;
}

/** Plans a window of luks-postgres over a sample; parameters of the demo's that don't fit are given anew. */
export async function planSampleWindow(
  { house, host, sample, agent }: WindowScene,
  more: Readonly<Record<string, string | number>> = {},
): Promise<string> {
  const recoveryRecipient = await identityToRecipient(await generateIdentity());
  const statusUrl = `${house.url}/status`;
  const planned = await planWindow(house.people.operator, {
    hostId: agent.hostId,
    serviceId: house.seeded.serviceId,
    runbookDigest: house.seeded.runbookDigest,
    parameters: {
      ...windowParameters(host, sample, { statusUrl, recoveryRecipient, soak: "5s", maxCopyKib: 0 }),
      grace: "2s",
      quiet: "1s",
      // Whether everything is right is the subject, not how fast a guest is that shares two cores with other tests.
      slower_percent: 100_000,
      benign_log: `${BENIGN}, ERROR (GET|POST) /`,
      ...more,
    },
  });
  return planned.runId;
}

const POSTGRES_BIN = "/usr/lib/postgresql/15/bin";

/** Starts Docker in a guest, with the image of PostgreSQL, and the sample in a container on a named volume. */
export async function startSampleContainer(
  guest: Guest,
  template: string,
  stateDirectory: string,
): Promise<SampleState> {
  const image = await buildImage(stateDirectory, POSTGRES_BIN);
  await startDocker(guest);
  await importImage(guest, hostPathInGuest(image), POSTGRES_BIN);
  return startSample(guest, template, `--image ${IMAGE_NAME} --volume supersync_pg-data`);
}

/**
 * Starts server, guest, sample and agent; the sample's cluster is one of the system's own, or one in a container. `house` is given out
 * as soon as it runs, so that it is closed however the rest goes.
 */
export async function openScene(
  guests: GuestFolder,
  name: string,
  keep: (house: WindowHouse) => void,
  cluster: "plain" | "docker" = "plain",
): Promise<WindowScene> {
  const [template, house] = await Promise.all([
    makeTemplate(guests.stateDirectory),
    openWindowHouse(guests.stateDirectory).then((opened) => {
      keep(opened);
      return opened;
    }),
  ]);
  return openHost(house, guests, { name, template, cluster });
}

/** A guest takes part in one window for so long at most (ms). */
const GUEST_LIFETIME_MS = 3_600_000;

/**
 * Adds a host with a fresh sample to a server that runs: a guest, its sample, its agent.
 *
 * @param how.writesFolder a folder of this machine in which the client notes what was acknowledged: there a power cut takes no note away
 */
export async function openHost(
  house: WindowHouse,
  guests: GuestFolder,
  how: {
    readonly name: string;
    readonly template: string;
    readonly cluster: "plain" | "docker";
    readonly writesFolder?: string;
  },
): Promise<WindowScene> {
  const { name, template, cluster, writesFolder } = how;
  const shares = writesFolder === undefined ? [] : [writesFolder];
  const guest = await guests.start({
    name,
    memoryMiB: 1536,
    ports: [house.port],
    shares,
    lifetimeMs: GUEST_LIFETIME_MS,
  });
  const sample =
    cluster === "plain"
      ? await startSample(guest, template, writesFolder === undefined ? "" : writesInto(writesFolder))
      : await startSampleContainer(guest, template, guests.stateDirectory);
  const host = sampleHostOf(guest);
  const agent = await startWindowAgent(house, host, sample);
  return { house, guest, host, sample, agent };
}

/** Has the sample's client note in a folder of this machine what was acknowledged. */
export const writesInto = (folder: string): string => `--writes ${folder}/writes.jsonl`;
