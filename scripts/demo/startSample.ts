import { chmod, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { mustRun } from "./agentOnHost.ts";
import { makeSampleCluster } from "./sample/sampleCluster.ts";
import { SampleState, samplePaths } from "./sample/sampleState.ts";
import type { SampleHost } from "./sampleHost.ts";

/** How long the sample may take to answer (ms): a slow guest fills a large database in this time. */
const START_WITHIN_MS = 300_000;

/**
 * Starts the sample service with its cluster and its writing client on the sample host, and waits until it answers. Throws with the
 * sample's own log when it does not.
 * @param root the folder of this project, on this machine
 */
export async function startSample(
  host: SampleHost,
  root: string,
  { sizeBytes, writeEveryMs }: { readonly sizeBytes: number; readonly writeEveryMs: number },
): Promise<SampleState> {
  const folder = join(host.folder, "service");
  const made = host.kind === "guest" ? await makeDataHere(sizeBytes) : undefined;
  try {
    const size = `${Math.round(sizeBytes / 1e6)}M`;
    const copied = made === undefined ? "" : ` --may-make-account --copy-from '${host.see(made)}'`;
    const more = `--size ${size} --write-every ${writeEveryMs}${copied}`;
    await mustRun(host, `mkdir -p '${host.folder}/log'`);
    await host.launch(
      `${host.see(process.execPath)} ${host.see(root)}/scripts/demo/sample/start.ts --folder ${folder} ${more}`,
      `${host.folder}/log/sample.log`,
    );
    return await untilItAnswers(host, samplePaths(folder).statePath);
  } finally {
    if (made !== undefined) await rm(made, { recursive: true, force: true });
  }
}

/** Makes the sample's data on this machine, several times faster than in a guest, where its server's account can get at them. */
async function makeDataHere(sizeBytes: number): Promise<string> {
  const folder = await mkdtemp("/var/tmp/slackwater-sample-");
  await chmod(folder, 0o711);
  await makeSampleCluster({ folder, port: 5432, sizeBytes, mayMakeAccount: false, log: () => {} });
  return folder;
}

async function untilItAnswers(host: SampleHost, statePath: string): Promise<SampleState> {
  const until = Date.now() + START_WITHIN_MS;
  for (;;) {
    const text = await host.readText(statePath).catch(() => undefined);
    if (text !== undefined) return SampleState.parse(JSON.parse(text));
    if (Date.now() > until)
      throw new Error(`The sample did not start:\n${await host.readText(`${host.folder}/log/sample.log`)}`);
    await pause(500);
  }
}
