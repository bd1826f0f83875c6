import { setTimeout as pause } from "node:timers/promises";
import type { RunView } from "../../../protocol/http/runs.ts";
import { mustRun } from "../../../scripts/demo/agentOnHost.ts";
import { startSample } from "../../guest/support/sampleGuest.ts";
import type { WindowScene } from "../windowHost.ts";
import { writesInto } from "../windowHost.ts";
import type { Kill, Victim } from "./plan.ts";
import { PLACES } from "./plan.ts";

const LOOK_EVERY_MS = 150;
/** A silent link is given up after 5 s by both sides. */
const CUT_MS = 7_000;
const DOWN_MS = 1_000;
/** The copy is long enough for what found nothing to kill elsewhere; the people on duty try a step eight times and no more. */
const MOST_IN_COPY = 5;
/** So long a task may take to start a program that can be killed. */
const CHILD_WITHIN_MS = 20_000;

/** A migration that things are killed in. */
export interface Struck {
  readonly runId: string;
  readonly scene: WindowScene;
  readonly template: string;
  readonly writesFolder: string;
  /** False once the migration is over, however it ended. */
  isOn(): boolean;
}

/**
 * Makes kills one after the other, each while its step runs. A step may be over before its task could be hit, and a task may have no
 * program that runs at that moment: such a kill is made at the next place where it may be. Answers those that were made, and those that found no place.
 */
export async function strike(
  it: Struck,
  kills: readonly Kill[],
  say: (line: string) => void,
): Promise<{ readonly made: readonly Kill[]; readonly missed: readonly Kill[] }> {
  const made: Kill[] = [];
  const missed: Kill[] = [];
  for (const place of PLACES) {
    const here = kills.filter((kill) => kill.place === place);
    for (let room = place.phase === "copy" ? MOST_IN_COPY - here.length : 1; room > 0; room -= 1) {
      const again = missed.findIndex(({ victim }) => !place.spares.includes(victim));
      if (again === -1) break;
      here.push(...missed.splice(again, 1).map((kill) => ({ ...kill, place })));
    }
    for (const kill of here) {
      const isMade = await strikeOnce(it, kill);
      say(`${kill.victim} ${isMade ? "killed" : "missed"} in ${place.stepId}`);
      (isMade ? made : missed).push(kill);
    }
  }
  return { made, missed };
}

async function strikeOnce(it: Struck, { victim, place, afterMs }: Kill): Promise<boolean> {
  const taskId = await untilRunning(it, place.stepId);
  if (taskId === undefined) return false;
  // A program is there for a moment of its task: whoever waits first finds none.
  if (victim !== "child") await pause(afterMs);
  return HOW[victim](it, taskId);
}

/** Waits until the task of a step runs on its host; undefined when it is over already, or the migration is. */
async function untilRunning(it: Struck, stepId: string): Promise<string | undefined> {
  while (it.isOn()) {
    const run = await viewOf(it);
    const step = run && stateOf(run, stepId);
    if (step?.isOver) return undefined;
    if (step?.isRunning) {
      const taskId = await runningTask(it, stepId);
      if (taskId !== undefined) return taskId;
    }
    await pause(LOOK_EVERY_MS);
  }
  return undefined;
}

/** The server may be gone at the moment. */
const viewOf = ({ scene, runId }: Struck): Promise<RunView | undefined> =>
  scene.house.people.support.run(runId).then(
    ({ run }) => run,
    () => undefined,
  );

function stateOf(run: RunView, stepId: string): { isRunning: boolean; isOver: boolean } {
  const item = run.checklist.flatMap(({ items }) => items).find(({ id }) => id === stepId);
  if (item !== undefined) {
    return { isRunning: item.state === "running", isOver: item.state === "done" || run.stage !== "preparing" };
  }
  const step = run.steps.find(({ id }) => id === stepId);
  return {
    isRunning: step?.stage === "running",
    isOver: step?.stage === "done" || step?.stage === "skipped" || run.stage === "ended",
  };
}

/** Process of the runner of a task, in the guest. */
const RUNNERS = "pgrep -f 'agent/process/runner[.]ts'";

async function runningTask({ scene, runId }: Struck, stepId: string): Promise<string | undefined> {
  const { output } = await scene.host.exec(`${RUNNERS} -a | grep -oE '${runId}[.]${stepId}[.][0-9]+' | tail -1`);
  return output.trim() || undefined;
}

const HOW: Readonly<Record<Victim, (it: Struck, taskId: string) => Promise<boolean>>> = {
  agent: async ({ scene }) => {
    await scene.agent.kill();
    await pause(DOWN_MS);
    await scene.agent.start();
    return true;
  },
  runner: async ({ scene }, taskId) => killed(scene, `${RUNNERS} -a | grep -F '${taskId}' | cut -d ' ' -f 1`),
  // What the task started last, such as rsync, pg_dump or cryptsetup.
  // A task looks and lists before it starts its first program.
  child: async ({ scene }, taskId) => {
    const runner = `$(${RUNNERS} -a | grep -F '${taskId}' | cut -d ' ' -f 1)`;
    const programs = `for p in ${runner}; do pgrep -P $p | tail -1; done`;
    for (const until = performance.now() + CHILD_WITHIN_MS; performance.now() < until; await pause(LOOK_EVERY_MS)) {
      if (await killed(scene, programs)) return true;
      if ((await scene.host.exec(`echo ${runner}`)).output.trim() === "") return false;
    }
    return false;
  },
  server: async ({ scene }) => {
    await scene.house.killServer();
    await pause(DOWN_MS);
    await scene.house.startServer();
    return true;
  },
  network: async ({ scene }) => {
    await scene.guest.network("off");
    await pause(CUT_MS);
    await scene.guest.network("on");
    return true;
  },
  power: async (it) => {
    const { scene, template, writesFolder } = it;
    const view = await viewOf(it);
    const hasBegun = (step: string) => view?.steps.some(({ id, stage }) => id === step && stage !== "planned") === true;
    // As on a host whose PostgreSQL starts at boot, unless the window has stopped it. Nobody waits for a service that the window has closed.
    const how = [
      ...(hasBegun("stop-postgres") ? ["--cluster-down"] : []),
      ...(hasBegun("stop-writers") ? ["--do-not-wait"] : []),
    ];
    await scene.guest.crash();
    await scene.guest.restart();
    await startSample(scene.guest, template, [writesInto(writesFolder), ...how].join(" "));
    await scene.agent.start();
    return true;
  },
};

/** Kills a process that a command names; false where it names none. */
async function killed(scene: WindowScene, which: string): Promise<boolean> {
  const { output } = await scene.host.exec(which);
  const pid = output.trim().split("\n").at(-1) ?? "";
  if (!/^\d+$/.test(pid)) return false;
  const { exitCode } = await scene.host.exec(`kill -9 ${pid}`);
  return exitCode === 0;
}

/** Programs that a task runs, by the names that the kernel knows them by. */
const PROGRAMS = ["rsync", "cryptsetup", "openssl", "pg_dump", "pg_restore", "gzip"];

/** What still runs in the guest of a task after the end: runners and the programs that they start. */
export async function leftProcesses({ host }: WindowScene): Promise<readonly string[]> {
  const printed = await mustRun(host, "ps -eo pid=,comm=,args=");
  return printed.split("\n").filter((line) => {
    const [, command = ""] = line.trim().split(/\s+/);
    return PROGRAMS.includes(command) || line.includes("agent/process/runner.ts");
  });
}
