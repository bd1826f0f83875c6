import { Failure } from "../../domain/failure.ts";
import type { RunId } from "../../domain/ids.ts";
import type { ProbeOrder } from "../../protocol/agent.ts";
import { runKeyText } from "../../protocol/handshake.ts";
import { PACKS_SINCE } from "../../protocol/version.ts";
import type { HealthBeat } from "../health/beat.ts";
import type { DatabaseRest } from "../health/databaseRest.ts";
import type { Probes } from "../health/probes.ts";
import type { Identity } from "../identity.ts";
import type { Journal } from "../journal/journal.ts";
import type { LocalRuns } from "../localRun/localRuns.ts";
import type { Log } from "../log.ts";
import type { RunKeys } from "../runKey/runKey.ts";
import type { PackDesk } from "../runPack/packDesk.ts";
import type { Throttles } from "../throttle/throttles.ts";
import type { Connection } from "./connection.ts";
import type { Delivery } from "./delivery.ts";
import type { Presence } from "./greeting.ts";
import type { Outlet } from "./outlet.ts";
import type { LinkDuties, Order } from "./session.ts";
import type { Tasks } from "./tasks.ts";

export interface OrdersOptions {
  presence(): Presence;
  readonly journal: Journal;
  readonly tasks: Tasks;
  readonly throttles: Throttles;
  readonly delivery: Delivery;
  readonly outlet: Outlet;
  readonly runKeys: RunKeys;
  readonly identity: Identity;
  readonly probes: Probes;
  readonly health: HealthBeat;
  readonly rest: DatabaseRest;
  readonly packs: PackDesk;
  readonly local: LocalRuns;
  readonly log: Log;
}

/** Takes each frame of the server's to the part of the agent that it is for. */
export function createOrders(options: OrdersOptions): LinkDuties {
  const { journal, tasks, delivery, outlet, log } = options;
  /** The server has named no database to watch: the run that had one stopped is over. */
  let namedNone = false;

  function take(order: Order, connection: Connection): void {
    switch (order.type) {
      case "task":
        tasks.order(order, connection);
        return;
      case "cancel":
        tasks.cancel(order.taskId, order.graceMs, connection);
        return;
      case "throttle":
        options.throttles.order(order.taskId, order.order, order.setting);
        return;
      case "outputAcknowledged":
        delivery.outputAcknowledged(order.taskId, order.outputBytes);
        return;
      case "reportAcknowledged":
        delivery.reportAcknowledged(order.taskId);
        return;
      case "probes":
        watch(order.probes, order.health);
        return;
      case "makeRunKey":
        makeRunKey(order.runId, connection).catch((error: unknown) => complain(connection, "makeRunKey", error));
        return;
      case "endRun":
        options.runKeys.end(order.runId);
        options.rest.runEnded(order.runId);
        // What it did by itself, the server still has to hear.
        if (!options.local.isOwn(order.runId)) options.packs.end(order.runId);
        log(`run ${order.runId} ended: its key is deleted`);
        journal.noteRunEnded(order.runId).catch((error: unknown) => complain(connection, "endRun", error));
        return;
      case "packAbout":
        options.packs.takeBeside(order.runId, { about: order.about, secrets: order.secrets });
        return;
      case "packEvents":
        options.packs.takeEvents(order.runId, order.after, order.events);
        return;
      case "localJoined":
        options.local.joined(order.runId, order.digest);
        return;
      case "localRefused":
        options.local.refused(order.runId, order.digest, order.because);
        return;
      case "notUnderstood":
        log(`the server did not understand: ${order.issues.join("; ")}`);
        return;
      default:
        order satisfies never;
    }
  }

  function watch(probes: readonly ProbeOrder[], health: Parameters<HealthBeat["watch"]>[0]): void {
    options.probes.set(probes);
    options.health.watch(health);
    if (health.length > 0 && namedNone) options.rest.end();
    namedNone = health.length === 0;
  }

  async function makeRunKey(runId: RunId, connection: Connection): Promise<void> {
    const recipient = await options.runKeys.make(runId);
    const signature = options.identity.sign(runKeyText({ runId, recipient }));
    await connection.send({ type: "runKey", runId, recipient, signature });
  }

  /** There is no frame for "I can't": the server shows what it is told here, and the host's owner finds it in the log. */
  function complain(connection: Connection, about: string, error: unknown): void {
    const why = `${about}: ${error instanceof Error ? error.message : String(error)}`;
    log(why);
    connection.send({ type: "notUnderstood", issues: [why.slice(0, 400)] }).catch(() => {});
  }

  return {
    presence: options.presence,
    welcomed(welcome, connection) {
      // First of all: until it has been said, a server of this version sends nothing.
      if (welcome.version >= PACKS_SINCE) {
        connection.send({ type: "packsHeld", packs: options.packs.held() }).catch(() => {});
        options.local.connect(connection);
      }
      outlet.connect(connection);
      delivery.begin(welcome.acknowledged, connection);
    },
    ordered(order, connection) {
      try {
        take(order, connection);
      } catch (error) {
        complain(connection, order.type, error);
      }
    },
    notUnderstood({ taskId, issues }, connection) {
      log(`a frame was not understood: ${issues.join("; ")}`);
      if (taskId === undefined) return;
      const failure = new Failure("argumentsInvalid", `The order can't be read: ${issues.join("; ")}`).toReport();
      connection.send({ type: "taskRefused", taskId, failure }).catch(() => {});
    },
    lost() {
      outlet.disconnect();
      options.local.disconnect();
    },
  };
}
