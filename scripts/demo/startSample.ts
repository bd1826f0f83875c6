import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { mustRun } from "./agentOnHost.ts";
import { SampleState, samplePaths } from "./sample/sampleState.ts";
import type { SampleHost } from "./sampleHost.ts";

/** How long the sample may take to answer (ms): a slow guest fills a large database in this time. */
const START_WITHIN_MS = 300_000;

/**
 * Starts the sample service with its cluster and its writing client on the sample host, and waits until it answers. Throws with the
 * sample's own log when it does not.
 * @param root the folder of this project, as the sample host sees it
 */
export async function startSample(host: SampleHost, root: string, sizeBytes: number): Promise<SampleState> {
  const paths = samplePaths(join(host.folder, "service"));
  const size = `${Math.round(sizeBytes / 1e6)}M`;
  const may = host.kind === "guest" ? " --may-make-account" : "";
  await mustRun(host, `mkdir -p '${host.folder}/log'`);
  await host.launch(
    `${process.execPath} ${root}/scripts/demo/sample/start.ts --folder ${join(host.folder, "service")} --size ${size}${may}`,
    `${host.folder}/log/sample.log`,
  );
  const until = Date.now() + START_WITHIN_MS;
  for (;;) {
    const text = await host.readText(paths.statePath).catch(() => undefined);
    if (text !== undefined) return SampleState.parse(JSON.parse(text));
    if (Date.now() > until)
      throw new Error(`The sample did not start:\n${await host.readText(`${host.folder}/log/sample.log`)}`);
    await pause(500);
  }
}
