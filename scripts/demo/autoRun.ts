import { GateId } from "../../domain/ids.ts";
import type { RunView } from "../../protocol/http/runs.ts";
import { agentPaths } from "./agentOnHost.ts";
import type { Sabotage } from "./options.ts";
import type { PersonClient } from "./personClient.ts";
import type { Preparers } from "./prepare.ts";
import { prepareRun } from "./prepare.ts";
import { spoilCopy } from "./sabotage.ts";
import type { SampleHost } from "./sampleHost.ts";
import type { SoftwarePasskey } from "./softwarePasskey.ts";
import { createStory, untilRun } from "./watchRun.ts";

/** Who takes part in a window that drives itself. */
export interface Cast extends Preparers {
  /** Starts the run: not the one who planned it. */
  readonly starter: PersonClient;
  readonly passkey: SoftwarePasskey;
}

/** The longest from the start to a gate or the end (ms). 300 MB in a slow guest take a quarter of an hour, `--size 5G` needs longer. */
const RUN_WITHIN_MS = 3 * 3_600_000;

/** Drives one whole window through the HTTP API: prepare, ask, GO, start, every gate, the end, the sign-off. Answers the ended run. */
export async function driveWindow(
  cast: Cast,
  runId: string,
  how: { host: SampleHost; sabotage: Sabotage | undefined; say: (line: string) => void },
): Promise<RunView> {
  const { say } = how;
  const tell = createStory(say);
  tell(await prepareRun({ ...cast, watch: tell }, runId, say));
  await cast.operator.order(runId, { order: "askApproval" });
  await cast.approver.decide(runId, GateId.parse("go"), "GO", cast.passkey);
  await untilRun(cast.operator, runId, "The GO", (run) => run.stage === "ready", 30_000);
  await cast.starter.order(runId, { order: "start" });
  if (how.sabotage !== undefined) await spoilBeforeVerify(cast, runId, how.sabotage, how.host, say);
  const ended = await untilRun(
    cast.starter,
    runId,
    "The run",
    (run) => {
      tell(run);
      return run.stage === "ended" || run.stage === "held" || waitingGate(run) !== undefined;
    },
    RUN_WITHIN_MS,
  ).then((run) => passGates(cast, runId, run, tell));
  if (ended.outcome === "completed") {
    await cast.starter.order(runId, { order: "signCompletion", allVerified: true, inProduction: true, issues: "" });
  }
  const { run } = await cast.operator.run(runId);
  tell(run);
  return run;
}

const waitingGate = (run: RunView) =>
  run.gates.find((gate) => gate.stage === "asking" && gate.opensBy === "people" && gate.decisions.length === 0);

/** Signs GO at every gate that waits for people, until the run has ended. A run that is held is not for this program to judge. */
async function passGates(cast: Cast, runId: string, from: RunView, tell: (run: RunView) => void): Promise<RunView> {
  let run = from;
  while (run.stage !== "ended") {
    if (run.stage === "held") throw new Error(`The run is held: ${run.hold?.detail ?? ""}`);
    const gate = waitingGate(run);
    if (gate) await cast.approver.decide(runId, gate.gateId, "GO", cast.passkey);
    run = await untilRun(
      cast.starter,
      runId,
      "The run",
      (view) => {
        tell(view);
        return view.stage === "ended" || view.stage === "held" || waitingGate(view) !== undefined;
      },
      RUN_WITHIN_MS,
    );
  }
  return run;
}

/** Holds the run while it copies, so that nothing begins after the copy; changes the copy; lets the run go on and find out. */
async function spoilBeforeVerify(
  cast: Cast,
  runId: string,
  sabotage: Sabotage,
  host: SampleHost,
  say: (line: string) => void,
): Promise<void> {
  const copy = (run: RunView) => run.steps.find((step) => step.id === "copy");
  await untilRun(
    cast.starter,
    runId,
    "The copy's beginning",
    (run) => copy(run)?.stage === "running" || copy(run)?.stage === "done",
    RUN_WITHIN_MS,
  );
  await cast.starter.order(runId, { order: "hold", reason: "Demo: the copy is spoilt on purpose now." });
  await untilRun(
    cast.starter,
    runId,
    "The copy",
    (run) => copy(run)?.stage === "done" && run.stage === "held",
    RUN_WITHIN_MS,
  );
  const paths = agentPaths(host);
  const what = await spoilCopy(host, sabotage, {
    copy: `${paths.mount}/supersync/data`,
    image: `${paths.volumes}/supersync.img`,
    mapper: "/dev/mapper/supersync",
  });
  say(`          ** On purpose: ${what}. **`);
  await cast.starter.order(runId, { order: "resume" });
}
