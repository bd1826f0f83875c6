import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { StepId } from "../../domain/ids.ts";
import { ThrottleSetting } from "../../domain/throttle/setting.ts";
import type { RunView } from "../../protocol/http/runs.ts";
import type { StepView } from "../../protocol/http/steps.ts";
import { mustRun } from "../../scripts/demo/agentOnHost.ts";
import type { PersonClient } from "../../scripts/demo/personClient.ts";
import type { SampleHost } from "../../scripts/demo/sampleHost.ts";
import { untilRun } from "../../scripts/demo/watchRun.ts";
import type { KillableAgent } from "./killableAgent.ts";

/** What can be broken while a run copies. */
export interface Breakable {
  readonly runId: string;
  /** Whoever reads the run. */
  readonly client: PersonClient;
  readonly host: SampleHost;
  readonly agent: KillableAgent;
  killServer(): Promise<void>;
  startServer(): Promise<void>;
  /** Looked at while there is no server. */
  readonly withoutServer?: () => Promise<void>;
}

/** A silent link is given up after 5 s by both sides. */
const CUT_MS = 7_000;
/** Time in which a slow guest says something new of a copy (ms). */
const SEEN_WITHIN_MS = 120_000;

const copyOf = (run: RunView): StepView | undefined => run.steps.find(({ id }) => id === "copy");
const doneOf = (run: RunView): number => copyOf(run)?.progress?.progress.done ?? 0;

/** A copy that is slowed down for accidents would take this long (s): longer than they take on the slowest machine. */
const SLOW_COPY_S = 240;

/** Has the running copy held back, so that it is still on after whatever is done to it; or lets it go on as fast as it may. */
async function throttleCopy({ client, runId }: Breakable, to: "slow" | "full"): Promise<void> {
  const total = copyOf((await client.run(runId)).run)?.progress?.progress.total ?? 0;
  const slow = { mode: "limited", bytesPerSecond: Math.max(16_384, Math.ceil(total / SLOW_COPY_S)) } as const;
  await client.order(runId, {
    order: "throttleTask",
    stepId: StepId.parse("copy"),
    setting: ThrottleSetting.parse(to === "slow" ? slow : { mode: "full" }),
    reason: "Accidents are made meanwhile.",
  });
}

/**
 * Kills the server, the agent and the network, one after the other, while a run copies, and proves after each that the very copy went
 * on: its processes are those it began with, its attempt is the first, and more of it is done than before. It is slowed down
 * meanwhile. Where the host is this machine there is no cable to pull. Answers what was broken.
 */
export async function breakEverythingOnce(it: Breakable): Promise<readonly string[]> {
  const untilCopied = (what: string, holds: (bytes: number) => boolean) =>
    untilRun(it.client, it.runId, what, (run) => holds(doneOf(run)), SEEN_WITHIN_MS);
  const copiers = async () => (await mustRun(it.host, "pgrep -x rsync | sort -n | tr '\\n' ' '")).trim();
  const broken: string[] = [];

  const first = await copiers();
  assert.match(first, /^\d+ \d+/, "rsync runs");
  const goesOn = async (after: string): Promise<void> => {
    const before = doneOf((await it.client.run(it.runId)).run);
    const run = await untilCopied(`Progress of the copy after ${after}`, (bytes) => bytes > before);
    const { stage, attempt } = copyOf(run) ?? {};
    assert.deepEqual({ after, stage, attempt }, { after, stage: "running", attempt: 1 });
    assert.equal(await copiers(), first, `the same processes copy after ${after}`);
    broken.push(after);
  };

  await throttleCopy(it, "slow");
  await it.killServer();
  await (it.withoutServer?.() ?? pause(1_000));
  await it.startServer();
  await goesOn("the server was killed");
  await it.agent.kill();
  await pause(1_000);
  await it.agent.start();
  await goesOn("the agent was killed");
  if (it.host.network !== null) {
    await it.host.network("off");
    await pause(CUT_MS);
    await it.host.network("on");
    await goesOn("the network was cut");
  }
  await throttleCopy(it, "full");
  return broken;
}
