import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeSampleCluster } from "../../../scripts/demo/sample/sampleCluster.ts";
import type { SampleState } from "../../../scripts/demo/sample/sampleState.ts";
import { SampleState as SampleStateShape } from "../../../scripts/demo/sample/sampleState.ts";
import type { WriteSummary } from "../../../scripts/demo/sample/writeSummary.ts";
import type { Guest } from "../../../scripts/guest/guest.ts";
import { hostPathInGuest } from "../../../scripts/guest/guest.ts";
import { projectRoot } from "../../../scripts/projectFiles.ts";
import { WRITE_EVERY_MS } from "../../support/sampleWrites.ts";
import { must } from "./must.ts";

export const SAMPLE_FOLDER = "/var/lib/sample";
const programs = join(projectRoot, "scripts", "demo", "sample");

/** A small sample, made and stopped on the host, to copy into guests: ten times as fast as making it there. */
export async function makeTemplate(stateDirectory: string): Promise<string> {
  const folder = join(stateDirectory, "sample-template");
  await promisify(execFile)("chmod", ["711", stateDirectory]); // the server's account has to get through
  await makeSampleCluster({ folder, port: 5432, sizeBytes: 20e6, mayMakeAccount: false, log: () => undefined });
  return folder;
}

/** Starts the sample in a guest (from the template the first time) and waits until all of it answers. */
export async function startSample(guest: Guest, template: string, more = ""): Promise<SampleState> {
  const start = `exec node ${programs}/start.ts --folder ${SAMPLE_FOLDER} --copy-from ${hostPathInGuest(template)}`;
  const state = `${SAMPLE_FOLDER}/state.json`;
  await must(guest, `rm -f ${state}`); // a power cut leaves the old one
  const pid = await guest.launch(
    `${start} --port 5432 --service-port 1900 --may-make-account --write-every ${WRITE_EVERY_MS} ${more}`,
    "/var/log/start",
  );
  const isUp = `until test -e ${state}; do kill -0 ${pid} || { cat /var/log/start; exit 1; }; sleep 0.1; done`;
  await must(guest, isUp, 180_000);
  return SampleStateShape.parse(JSON.parse(await must(guest, `cat ${state}`)));
}

export interface CheckedWrites extends WriteSummary {
  readonly storedCount: number;
  readonly missingCount: number;
}

/** Compares the client's file with the database, in the guest. */
export async function checkWrites(guest: Guest): Promise<CheckedWrites> {
  const { output } = await guest.exec(`node ${programs}/checkWrites.ts --state ${SAMPLE_FOLDER}/state.json`);
  if (!output.startsWith("{")) throw new Error(`The writes could not be compared:\n${output}`);
  return JSON.parse(output) as CheckedWrites;
}

/** One value from the sample's database, as its superuser, with the password. */
export async function sql(guest: Guest, statement: string): Promise<string> {
  const password = `PGPASSWORD=$(cat ${SAMPLE_FOLDER}/secrets/postgres.password)`;
  const psql = `${password} psql -X -At -h 127.0.0.1 -p 5432 -U postgres supersync`;
  return (await must(guest, `${psql} -c "${statement}"`)).trim();
}
