import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { ensureBuilt } from "../ensureBuilt.ts";
import type { AgentOnHost, TrustedKey } from "./agentOnHost.ts";
import { agentPaths, agentYaml, startAgentOn } from "./agentOnHost.ts";
import { driveWindow } from "./autoRun.ts";
import { checkExport } from "./checkExport.ts";
import { planWindow, windowParameters } from "./demoWindow.ts";
import type { DemoOptions } from "./options.ts";
import { readOptions } from "./options.ts";
import { DEMO_PASSWORD, DEMO_PEOPLE, demoPerson } from "./people.ts";
import type { PersonClient } from "./personClient.ts";
import { signIn } from "./personClient.ts";
import { proveFromOutside } from "./proveRun.ts";
import type { SampleState } from "./sample/sampleState.ts";
import { samplePaths } from "./sample/sampleState.ts";
import type { SampleHost } from "./sampleHost.ts";
import { openSampleHost } from "./sampleHost.ts";
import type { Seeded } from "./seed.ts";
import { seed } from "./seed.ts";
import { startServerProcess } from "./serverProcess.ts";
import { createSoftwarePasskey } from "./softwarePasskey.ts";
import { startSample } from "./startSample.ts";

/*
 * npm run demo: everything of Slackwater on this machine, with a sample host and a window that is ready to be decided.
 * npm run demo -- --auto [--fail corrupt|corrupt-under]: drives that window without a person and says what truly happened.
 */

const ROOT = join(import.meta.dirname, "../..");
const STATE = join(ROOT, ".slackwater/demo");
/** The downtime is measured by a client that writes ten times a second. */
const WRITE_EVERY_MS = 100;
const say = (line: string): void => console.log(line);

/** Ends what was started, last first, however the demo ends. */
const endings: (() => Promise<unknown>)[] = [];
let isEnding = false;

async function endAll(): Promise<void> {
  isEnding = true;
  for (const end of endings.splice(0).reverse()) {
    await end().catch((error: unknown) =>
      console.error(`while ending: ${error instanceof Error ? error.message : String(error)}`),
    );
  }
}

const login = (person: { name: string; email: string }, appUrl: string) =>
  signIn(appUrl, { ...person, password: DEMO_PASSWORD });

/** What stands where the demo is not root: mounting a volume and giving files to PostgreSQL's account are root's, with dm-crypt or without. */
const NOT_ROOT =
  "This is not root: pages and agent can be looked at, but the window can't be carried out. For all of it: sudo npm run demo, or the demo in a virtual machine.";

async function run(options: DemoOptions): Promise<void> {
  const beganMs = performance.now();
  if (process.getuid?.() !== 0) {
    if (options.auto) throw new Error(NOT_ROOT);
    say(NOT_ROOT);
  }
  if (!ensureBuilt()) throw new Error("The production build failed; its own message is above.");
  await rm(STATE, { recursive: true, force: true });
  const server = await startServerProcess({
    root: ROOT,
    stateDirectory: STATE,
    port: options.port,
    allowSoftwarePasskey: options.auto,
  });
  endings.push(server.stop);
  say(`The dashboard runs at ${server.url}`);
  const seeded = await seed({ root: ROOT, serverState: join(STATE, "server"), appUrl: server.url });
  endings.push(seeded.close);

  const host = await openSampleHost({ stateDirectory: STATE, serverPort: server.port, shares: [], say });
  endings.push(host.remove);
  say(
    `The sample host is ${{ machine: "this machine", guest: "a User-Mode Linux guest", directory: "a folder of this machine, NOT ENCRYPTED" }[host.kind]}.`,
  );
  const sample = await startSample(host, ROOT, { sizeBytes: options.sizeBytes, writeEveryMs: WRITE_EVERY_MS });
  say(
    `The sample service runs: ${sample.rows.operations} operations, ${sample.rows.users} users, a client writes ten times a second.`,
  );

  const site = { rpId: new URL(server.url).hostname, origin: new URL(server.url).origin };
  const approver = await login(demoPerson("approver"), server.url);
  const passkey = createSoftwarePasskey(site);
  if (options.auto) {
    await approver.registerPasskey(passkey);
    say(`${approver.name} signs with a software passkey, marked as such wherever it shows.`);
  }
  await trustApprovers(host, sample, await seeded.trustedKeys(site));
  const admin = await login(demoPerson("admin"), server.url);
  const agent = await startAgentOn(host, admin, {
    root: ROOT,
    node: process.execPath,
    serverUrl: `http://127.0.0.1:${server.port}`,
  });
  say("The agent of the sample host is enrolled and connected.");

  const operator = await login(demoPerson("operator"), server.url);
  const recoveryRecipient = await identityToRecipient(await generateIdentity());
  const planned = await planWindow(operator, {
    hostId: agent.hostId,
    serviceId: seeded.serviceId,
    runbookDigest: seeded.runbookDigest,
    parameters: windowParameters(host, sample, {
      statusUrl: `${server.url}/status`,
      recoveryRecipient,
      soak: options.auto ? "10s" : "2m",
      // Slow enough to be watched: about a minute for the sample.
      maxCopyKib: options.auto ? 0 : Math.max(4096, Math.round(options.sizeBytes / 1024 / 60)),
    }),
  });
  say(`A window is planned: ${server.url}/windows/${planned.windowId}`);

  if (options.auto) {
    await driveAndProve(options, { host, server, seeded, operator, approver, passkey, runId: planned.runId, beganMs });
    return;
  }
  say(`\nSign in at ${server.url} with the password ${DEMO_PASSWORD}:`);
  for (const person of DEMO_PEOPLE) say(`  ${person.email.padEnd(26)} ${person.role.padEnd(9)} ${person.does}`);
  say(
    "\nApprovers add a passkey under their name at the top right; the sample host then trusts it. Ctrl-C ends everything.",
  );
  await keepTrusting(host, agent, sample, seeded, site);
}

async function driveAndProve(
  options: DemoOptions,
  parts: {
    host: SampleHost;
    server: { url: string };
    seeded: Seeded;
    operator: PersonClient;
    approver: PersonClient;
    passkey: ReturnType<typeof createSoftwarePasskey>;
    runId: string;
    beganMs: number;
  },
): Promise<void> {
  const { host, server, operator, approver, passkey, runId } = parts;
  const starter = await login(demoPerson("operator", 1), server.url);
  const support = await login(demoPerson("support"), server.url);
  const ended = await driveWindow({ operator, approver, support, starter, passkey }, runId, {
    host,
    sabotage: options.sabotage,
    say,
  });
  const proof = await proveFromOutside(host, ended, {
    root: ROOT,
    node: process.execPath,
    statePath: samplePaths(join(host.folder, "service")).statePath,
  });
  const chain = await checkExport({ root: ROOT, client: operator, runId, folder: STATE });
  if (proof.volume !== "") say(`cryptsetup says: ${proof.volume}`);
  const fact = (name: string) => ended.facts.find((one) => one.name === name)?.text ?? "0";
  const totalS = ((performance.now() - parts.beganMs) / 1000).toFixed(1);
  const done = ended.steps.filter((step) => step.stage === "done").length;
  const common = `rows_equal=${proof.rowsEqual} chain=${chain}`;
  const wanted = options.sabotage === undefined ? "completed" : "rolledBack";
  if (ended.outcome === "completed") {
    const copiedMib = Math.round(
      (ended.steps.find((step) => step.id === "copy")?.progress?.progress.total ?? 0) / 2 ** 20,
    );
    say(
      `demo: completed steps=${done} downtime_s=${proof.downtimeS.toFixed(1)} copied_mib=${copiedMib} verified_files=${fact("verified.files_count").replaceAll(",", "")} ${common} encrypted=${proof.encrypted} total_s=${totalS}`,
    );
  } else {
    const word = ended.outcome === "rolledBack" ? "rolled_back" : ended.outcome;
    say(
      `demo: ${word} cause=${JSON.stringify(ended.rolledBack?.detail ?? "")} downtime_s=${proof.downtimeS.toFixed(1)} ${common} total_s=${totalS}`,
    );
  }
  const isTrue =
    ended.outcome === wanted &&
    proof.rowsEqual &&
    chain === "ok" &&
    (wanted !== "completed" || proof.encrypted === host.encryption);
  if (!isTrue)
    throw new Error(
      `It was to end ${wanted}, with equal rows, a whole chain and encryption ${host.encryption}; it did not.`,
    );
}

async function trustApprovers(host: SampleHost, sample: SampleState, keys: readonly TrustedKey[]): Promise<void> {
  await host.writeText(agentPaths(host).config, agentYaml(host, sample, keys), 0o600);
}

/** As the owner of the sample host: trusts each approver's new passkey, and says so. Only a demo trusts without comparing. */
async function keepTrusting(
  host: SampleHost,
  agent: AgentOnHost,
  sample: SampleState,
  seeded: Seeded,
  site: { rpId: string; origin: string },
): Promise<void> {
  let known = 0;
  while (!isEnding) {
    await pause(2000);
    const keys = await seeded.trustedKeys(site);
    if (keys.length === known) continue;
    known = keys.length;
    await trustApprovers(host, sample, keys);
    await agent.restart();
    say(`The sample host now trusts ${known} passkeys of approvers.`);
  }
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    say("\nEnding everything that was started.");
    void endAll().then(() => process.exit(130));
  });
}
try {
  await run(readOptions(process.argv.slice(2)));
  await endAll();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await endAll();
  process.exitCode = 1;
}
