import { Failure } from "../domain/failure.ts";
import { thresholdsWith } from "../domain/throttle/figures.ts";
import { Instant } from "../domain/time.ts";
import type { ActionRegistry } from "./actions/action.ts";
import { leftAfter } from "./actions/leftAfter.ts";
import { compileOnce } from "./approval/compileOnce.ts";
import { readConfig } from "./config.ts";
import { openControlSocket } from "./control/controlSocket.ts";
import { openHoldSwitch } from "./control/hold.ts";
import { createLocalDesk } from "./control/localDesk.ts";
import { createLocalSigning } from "./control/localSigning.ts";
import { createOwnerDesk } from "./control/ownerDesk.ts";
import { seenDecisions } from "./control/seenDecisions.ts";
import { readEnrolment } from "./enrol/enrolment.ts";
import { machineId } from "./enrol/machineId.ts";
import { startHealthBeat } from "./health/beat.ts";
import { databaseRest } from "./health/databaseRest.ts";
import { createProbes } from "./health/probes.ts";
import { restMemory } from "./health/restMemory.ts";
import { loadIdentity } from "./identity.ts";
import { openJournal } from "./journal/journal.ts";
import { createDelivery } from "./link/delivery.ts";
import { keepLinked } from "./link/link.ts";
import { createOrders } from "./link/orders.ts";
import { openOutlet } from "./link/outlet.ts";
import { serverAddress } from "./link/serverAddress.ts";
import { createTasks } from "./link/tasks.ts";
import type { LocalRuns } from "./localRun/localRuns.ts";
import { createLocalRuns } from "./localRun/localRuns.ts";
import type { Log } from "./log.ts";
import { checkTask, isAllowed } from "./policy/checkTask.ts";
import { groundOf } from "./policy/ground.ts";
import { createDirectContext } from "./process/directContext.ts";
import { bootId } from "./process/processTable.ts";
import { createSupervisor } from "./process/supervise.ts";
import { openRunKeys } from "./runKey/runKey.ts";
import { openPackDesk } from "./runPack/packDesk.ts";
import { openStateDirectory, statePaths } from "./stateDirectory.ts";
import { createThrottles } from "./throttle/throttles.ts";

export interface AgentOptions {
  readonly stateDir: string;
  readonly configFile: string;
  readonly actions: ActionRegistry;
  /** Absolute path of the module that the runner loads; its `perform` must know the same actions. */
  readonly performModule: string;
  readonly log: Log;
}

const MIB = 1024 * 1024;
const MB = 1_000_000;

/**
 * Puts an agent together and starts it: the only file that knows every part. Resolves when it runs, with how to end it; running tasks
 * outlive it. Throws a Failure when it can't run here.
 */
export async function startAgent(options: AgentOptions): Promise<{ stop(): Promise<void> }> {
  const { actions, log } = options;
  const now = () => Instant.parse(Date.now());
  const ourUid = process.getuid?.() ?? 0;
  const stateDir = openStateDirectory(options.stateDir, ourUid);
  const paths = statePaths(stateDir);
  const config = readConfig(options.configFile, ourUid);
  const identity = loadIdentity(stateDir);
  const enrolment = readEnrolment(stateDir);
  if (identity === undefined || enrolment === undefined) {
    throw new Failure(
      "notPermitted",
      "This host is not enrolled yet: slackwater-agent enroll --server URL --token TOKEN",
    );
  }
  const address = serverAddress(enrolment.server, config.allowInsecureLink);
  const { hostId } = enrolment;
  const tlsPin = () => readEnrolment(stateDir)?.tlsPin;
  const ground = groundOf(config, { stateDir, configFile: options.configFile, uid: ourUid });

  const journal = await openJournal(paths.journal, { now });
  if (journal.tornBytes > 0)
    log(`the journal's last ${journal.tornBytes} bytes were torn by a sudden end and were cut off`);
  const supervisor = createSupervisor({
    journal,
    spoolRoot: paths.spool,
    performModule: options.performModule,
    now,
    outputLimitBytes: config.ceilings.outputMiB * MIB,
    leftBy: leftAfter(actions, now),
  });
  const runKeys = openRunKeys({ ...config.runKeys, ourUid });
  const hold = openHoldSwitch(paths.hold);
  const decisions = seenDecisions();
  const outlet = openOutlet();

  const { megabytesPerSecond, cpuWeight, ioWeight } = config.ceilings;
  const throttles = createThrottles({
    running: supervisor.running,
    ceiling: {
      ...(megabytesPerSecond === undefined ? {} : { bytesPerSecond: Math.round(megabytesPerSecond * MB) }),
      cpuWeight,
      ioWeight,
    },
    thresholds: thresholdsWith(config.throttle.thresholds),
    now,
    log,
  });
  const health = startHealthBeat({
    config,
    now,
    log,
    emit: (sample) => outlet.offer({ type: "health", sample }),
    looked: throttles.looked,
    wantsStrain: throttles.isAnyAutomatic,
  });
  const probes = createProbes({
    actions,
    atOnce: config.ceilings.probesAtOnce,
    check: (order) => checkTask(actions, order, config, ground),
    context: (signal) => createDirectContext({ signal, now }),
    emit: (sample) => outlet.offer(sample),
    now,
  });
  const rest = databaseRest(health, probes, { memory: restMemory(paths.databaseRest, log), now });
  await rest.takeUp();

  const keep = (work: Promise<void>) => {
    work.catch((error: unknown) => log(`not journalled: ${error instanceof Error ? error.message : String(error)}`));
  };
  const delivery = createDelivery({
    reportDelivered: (taskId) => keep(journal.acknowledge(taskId, { report: true })),
    delivered(taskId, outputBytes) {
      keep(journal.acknowledge(taskId, { outputBytes }).then(() => supervisor.sweep(KEPT_SPOOLS)));
    },
    isKeptBack: (taskId) => local.isKeptBack(taskId),
    log,
  });
  const compile = compileOnce();
  const packs = openPackDesk({
    ...{ directory: paths.packs, fingerprint: identity.fingerprint, compile, now, log },
    ...{ actions, config, ground },
  });
  // It gives orders to the tasks, and they ask it whose a run is.
  const local: LocalRuns = createLocalRuns({
    ...{ packs, identity, hostId, config, compile, now, log },
    tasks: () => tasks,
    link: () => link.state(),
    forgetTasks(taskIds) {
      for (const taskId of taskIds) keep(journal.acknowledge(taskId, { outputBytes: MOST_BYTES, report: true }));
    },
  });
  const tasks = createTasks({
    actions,
    config,
    ground,
    judge: { fingerprint: identity.fingerprint, hostId, compile },
    journal,
    supervisor,
    delivery,
    runKeys,
    hold,
    now,
    log,
    offer(frame) {
      if (frame.type !== "progress" || !local.isKeptBack(frame.taskId)) outlet.offer(frame);
    },
    beforeDatabaseStop: rest.begin,
    began: throttles.began,
    afterTask: rest.afterTask,
    ended: (taskId) => local.taskEnded(taskId),
    isOwn: (runId) => local.isOwn(runId),
    warranted: ({ counted }) => decisions.note(counted, now()),
  });
  await tasks.takeUp();
  await local.takeUp();

  const ending = new AbortController();
  const link = keepLinked({
    url: address.link,
    who: { identity, hostId, machineId: machineId(stateDir), serverKey: enrolment.serverKey },
    tlsPin,
    duties: createOrders({
      presence: () => ({
        tasks: delivery.open(),
        actions: [...actions.keys()].filter((name) => isAllowed(name, config.actions)),
        bootId: bootId(),
      }),
      ...{ journal, tasks, throttles, delivery, outlet, runKeys, identity, probes, health, rest, packs, local, log },
    }),
    now,
    signal: ending.signal,
    log,
  });
  const signing = createLocalSigning({
    ...{ runs: local, approvers: config.approvers, now },
    folderOf: packs.folderOf,
  });
  const control = await openControlSocket(
    paths.control,
    createOwnerDesk({
      ...{ identity, enrolment, tlsPin, link, hold, tasks, throttles, decisions, packs, local, now, log },
      locally: createLocalDesk(local, signing, now),
    }),
  );

  return {
    async stop() {
      log("ending; tasks that run go on by themselves");
      ending.abort();
      await Promise.all([link.ended, probes.stop(), health.stop(), control.close()]);
      await tasks.settled();
      local.close();
      await packs.close();
      supervisor.close();
      await journal.close();
    },
  };
}

/** More than any task writes. */
const MOST_BYTES = Number.MAX_SAFE_INTEGER;
/** Spools of settled tasks that stay on the host for its owner to read. */
const KEPT_SPOOLS = 50;
