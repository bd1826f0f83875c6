import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { RunView } from "../../../protocol/http/runs.ts";
import { proveFromOutside } from "../../../scripts/demo/proveRun.ts";
import { samplePaths } from "../../../scripts/demo/sample/sampleState.ts";
import { projectRoot } from "../../../scripts/projectFiles.ts";
import type { GuestFolder } from "../../guest/support/guestTest.ts";
import { SAMPLE_FOLDER } from "../../guest/support/sampleGuest.ts";
import { compareOutput, proveLog, proveTasksOnce } from "../logProof.ts";
import { openHost, planSampleWindow } from "../windowHost.ts";
import type { WindowHouse } from "../windowHouse.ts";
import { attendRun } from "./attend.ts";
import type { Kill } from "./plan.ts";
import { leftProcesses, strike } from "./strike.ts";

/** One migration takes so long at most (ms), in a guest that is cut off and started again some times. */
const WITHIN_MS = 3_600_000;
/** Slow enough that a kill in the middle of the copy hits a copy (KiB per second). */
const COPY_KIB = 2_400;

/** What became of a migration in which things were killed. */
export interface Survived {
  readonly outcome: RunView["outcome"];
  readonly kills: readonly Kill[];
  /** Those that found nothing to kill, for the next migration. */
  readonly missed: readonly Kill[];
  /** Times that it was held and people let it go on. */
  readonly holds: number;
  readonly lostBytes: number;
  readonly doubledBytes: number;
  readonly leftProcesses: readonly string[];
  readonly rowsEqual: boolean;
  readonly encrypted: "luks2" | "none";
  readonly tasks: number;
}

/**
 * Takes a fresh sample onto an encrypted volume in a guest while things are killed, and then holds everything against the guest's own disk:
 * the log, every task, every byte of output, every write that was ever acknowledged, what still runs.
 */
export async function migrateUnderFire(
  house: WindowHouse,
  guests: GuestFolder,
  how: { readonly name: string; readonly template: string; readonly kills: readonly Kill[] },
  say: (line: string) => void,
): Promise<Survived> {
  const { name, template, kills } = how;
  const writesFolder = join(guests.stateDirectory, `${name}-writes`);
  mkdirSync(writesFolder);
  const scene = await openHost(house, guests, { name, template, cluster: "plain", writesFolder });
  const runId = await planSampleWindow(scene, { max_copy_kib: COPY_KIB });
  const cast = scene.house.people;
  let isOn = true;
  const attended = attendRun(cast, runId, new Map(), WITHIN_MS).finally(() => {
    isOn = false;
  });
  const [{ run, holds }, { made, missed }] = await Promise.all([
    attended,
    strike({ runId, scene, template, writesFolder, isOn: () => isOn }, kills, say),
  ]);
  const log = await proveLog(scene.house.db, runId);
  const statePath = samplePaths(SAMPLE_FOLDER).statePath;
  const proof = await proveFromOutside(scene.host, run, { root: projectRoot, node: process.execPath, statePath });
  const survived: Survived = {
    outcome: run.outcome,
    kills: made,
    missed,
    holds,
    ...(await compareOutput(scene.house.db, scene.host, log)),
    leftProcesses: await leftProcesses(scene),
    rowsEqual: proof.rowsEqual,
    encrypted: proof.encrypted,
    tasks: proveTasksOnce(log),
  };
  await scene.guest.remove();
  return survived;
}
