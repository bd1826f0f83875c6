import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GateId } from "../../domain/ids.ts";
import type { RunView } from "../../protocol/http/runs.ts";
import { driveWindow } from "../../scripts/demo/autoRun.ts";
import { prepareRun } from "../../scripts/demo/prepare.ts";
import { proveFromOutside } from "../../scripts/demo/proveRun.ts";
import { samplePaths } from "../../scripts/demo/sample/sampleState.ts";
import { untilRun } from "../../scripts/demo/watchRun.ts";
import { projectRoot } from "../../scripts/projectFiles.ts";
import { proveLog, proveTasksOnce } from "../support/logProof.ts";
import type { WindowScene } from "../support/windowHost.ts";
import { openScene, planSampleWindow } from "../support/windowHost.ts";
import type { WindowHouse } from "../support/windowHouse.ts";
import { describeNightly, guestFolder } from "./support/guestTest.ts";
import { must } from "./support/must.ts";
import { SAMPLE_FOLDER, sql } from "./support/sampleGuest.ts";
import { proveWrites } from "./support/writesProof.ts";

const whyNoDocker = existsSync("/usr/sbin/dockerd") ? undefined : "docker.io is not installed";
const WITHIN_MS = 1_200_000;

// Some minutes: the actions on a container are tested every time, in sampleContainer.test.ts.
describeNightly("a window over a PostgreSQL in a Docker container", inContainer, whyNoDocker);

function inContainer(): void {
  const guests = guestFolder();
  let house: WindowHouse | undefined;
  let scene: WindowScene;
  const source = "/var/lib/docker/volumes/supersync_pg-data/_data";

  beforeAll(async () => {
    const keep = (opened: WindowHouse) => {
      house = opened;
    };
    scene = await openScene(guests, "docker-window", keep, "docker");
  }, 600_000);
  afterAll(async () => house?.close());

  /** Name, restart policy, whether it runs, and what lies at PGDATA, of every container. */
  async function containers(): Promise<readonly string[]> {
    const format = "{{.Name}} {{.HostConfig.RestartPolicy.Name}} {{.State.Running}} {{(index .Mounts 0).Source}}";
    const listed = await must(scene.guest, `docker ps -aq | xargs docker inspect --format '${format}' | sort`);
    return listed.trim().split("\n");
  }

  /** Drives a run to the gate before users return, refuses there, and waits for the end. */
  async function refuseAtTheEnd(runId: string): Promise<RunView> {
    const { people } = scene.house;
    const gate = GateId.parse("users-gate");
    const until = (what: string, holds: (run: RunView) => boolean) =>
      untilRun(people.operator, runId, what, (run) => holds(run) || run.stage === "held", WITHIN_MS);
    const said: string[] = [];
    const prepared = await prepareRun(people, runId, (line) => void said.push(line));
    const open = prepared.checklist.flatMap(({ items }) => items).filter(({ state }) => state !== "done");
    expect([open.map(({ id }) => id), said.filter((line) => open.some(({ title }) => line.startsWith(title)))]).toEqual(
      [[], []],
    );
    await people.operator.order(runId, { order: "askApproval" });
    await people.approver.decide(runId, GateId.parse("go"), "GO", people.passkey);
    await until("The GO", (run) => run.stage === "ready");
    await people.starter.order(runId, { order: "start" });
    const asked = await until("The gate", ({ gates }) =>
      gates.some(({ gateId, stage }) => gateId === gate && stage === "asking"),
    );
    expect(asked.hold).toBeNull();
    expect(await containers()).toEqual([
      `/postgres no true ${SAMPLE_FOLDER}/mnt/trial/data`,
      `/postgres-before-slackwater no false ${source}`,
    ]);
    await people.approver.decide(runId, gate, "NO-GO", people.passkey);
    return until("The rollback", (run) => run.stage === "ended");
  }

  test("that is refused before users return ends with the old container back on its volume, and no write missing", async () => {
    const runId = await planSampleWindow(scene, {
      volume_name: "trial",
      volume_path: `${SAMPLE_FOLDER}/volumes/trial.img`,
      mount_point: `${SAMPLE_FOLDER}/mnt/trial`,
    });
    const ended = await refuseAtTheEnd(runId);
    expect([ended.outcome, ended.hold]).toEqual(["rolledBack", null]);
    proveTasksOnce(await proveLog(scene.house.db, runId));
    expect(await containers()).toEqual([`/postgres always true ${source}`]);
    expect(await must(scene.guest, "ls /dev/mapper; findmnt -rn -o TARGET | grep trial; true")).toBe("control\n");
    expect(await proveWrites(scene.guest)).toBe("/var/lib/postgresql/data");
  }, 1_500_000);

  test("ends with the container on the encrypted volume, the old one kept beside it, and no write missing", async () => {
    const runId = await planSampleWindow(scene);
    const story: string[] = [];
    const say = (line: string) => void story.push(line);
    const ended = await driveWindow(scene.house.people, runId, { host: scene.host, sabotage: undefined, say }).catch(
      (error: unknown) => {
        throw new Error(`${String(error)}\n${story.slice(-30).join("\n")}`, { cause: error });
      },
    );
    expect(ended.outcome).toBe("completed");
    proveTasksOnce(await proveLog(scene.house.db, runId));
    const proof = await proveFromOutside(scene.host, ended, {
      root: projectRoot,
      node: process.execPath,
      statePath: samplePaths(SAMPLE_FOLDER).statePath,
    });
    expect(proof).toMatchObject({ rowsEqual: true, encrypted: "luks2" });
    expect(await containers()).toEqual([
      `/postgres no true ${SAMPLE_FOLDER}/mnt/supersync/data`,
      `/postgres-before-slackwater no false ${source}`,
    ]);
    expect(await sql(scene.guest, "select pg_is_in_recovery()")).toBe("f");
    expect(await proveWrites(scene.guest)).toBe("/var/lib/postgresql/data");
    // What the run says of the time without writes is what the writing client saw, and at most some seconds more.
    expect(ended.downtime?.measuredBy).toBe("steps");
    const saidS = (ended.downtime?.downtimeMs ?? 0) / 1000;
    expect(saidS).toBeGreaterThan(proof.downtimeS - 10);
    expect(saidS).toBeLessThan(proof.downtimeS + 10);
  }, 1_500_000);
}
