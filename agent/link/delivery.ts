import { setTimeout as sleep } from "node:timers/promises";
import type { TaskId } from "../../domain/ids.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import { Instant } from "../../domain/time.ts";
import type { AgentFrame } from "../../protocol/agent.ts";
import type { OutputChunk, SpoolReader } from "../process/spoolReader.ts";
import { openSpoolReader } from "../process/spoolReader.ts";
import type { Connection } from "./connection.ts";
import type { Welcome } from "./greeting.ts";

/**
 * Brings what tasks wrote and how they ended to the server. Nothing is kept in memory for it: output is read again from the
 * spool, from the byte that the server acknowledged last, as often as it takes; a report is sent until it is acknowledged.
 */
export interface Delivery {
  /** A task began, or was found again after a restart. `report` where it has ended already. */
  add(task: { taskId: TaskId; outputDir: string; report?: TaskReport; isReportAcknowledged?: boolean }): void;
  /** A task ended. */
  ended(taskId: TaskId, report: TaskReport): void;
  /** The link is up: begins to send, from what the server has. Ends by itself with the connection. */
  begin(acknowledged: Welcome["acknowledged"], connection: Connection): void;
  outputAcknowledged(taskId: TaskId, outputBytes: number): void;
  reportAcknowledged(taskId: TaskId): void;
  /** Tasks of which the server has not everything yet. */
  open(): { taskId: TaskId; outputBytes: number; running: boolean }[];
}

export interface DeliveryOptions {
  /** The server has everything of a task. On disk before it is forgotten here. */
  delivered(taskId: TaskId): void;
  /** The server has the report. */
  reportDelivered(taskId: TaskId): void;
  log(line: string): void;
}

/** So much may be on its way unacknowledged, in bytes: more would only have to be sent again after a cut. */
const WINDOW_BYTES = 8 * 1024 * 1024;
/** How often a running task's spool is looked at for more. */
const LOOK_EVERY_MS = 50;
/** An answer that did not come in this time is asked for by sending again. */
const SEND_AGAIN_MS = 5000;

interface Parcel {
  readonly taskId: TaskId;
  readonly outputDir: string;
  report?: TaskReport;
  acknowledgedBytes: number;
  isReportAcknowledged: boolean;
  /** Bytes read and sent, in this connection or an earlier one: what a server can truthfully acknowledge. */
  sentBytes: number;
}

/** What belongs to one connection and one parcel. */
interface Sending {
  reader: SpoolReader;
  /** What was acknowledged when last looked at, and since when it has not moved. */
  acknowledgedBytes: number;
  stillSince: number;
  reportSentAt: number;
}

export function createDelivery(options: DeliveryOptions): Delivery {
  const parcels = new Map<TaskId, Parcel>();
  let current: Connection | undefined;

  function settle(parcel: Parcel): void {
    const isWhole = parcel.report !== undefined && parcel.acknowledgedBytes >= parcel.report.outputBytes;
    if (!isWhole || !parcel.isReportAcknowledged) return;
    options.delivered(parcel.taskId);
    parcels.delete(parcel.taskId);
  }

  async function pump(connection: Connection): Promise<void> {
    const sendings = new Map<TaskId, Sending>();
    try {
      while (current === connection) {
        let wasBusy = false;
        for (const parcel of [...parcels.values()]) {
          const sending = sendings.get(parcel.taskId) ?? startSending(parcel);
          sendings.set(parcel.taskId, sending);
          if (await sendSome(parcel, sending, connection)) wasBusy = true;
        }
        for (const [taskId, sending] of sendings) {
          if (parcels.has(taskId)) continue;
          sendings.delete(taskId);
          await sending.reader.close();
        }
        if (!wasBusy) await sleep(LOOK_EVERY_MS);
      }
    } finally {
      for (const { reader } of sendings.values()) await reader.close();
    }
  }

  return {
    add(task) {
      if (parcels.has(task.taskId)) return;
      parcels.set(task.taskId, {
        taskId: task.taskId,
        outputDir: task.outputDir,
        acknowledgedBytes: 0,
        sentBytes: 0,
        isReportAcknowledged: task.isReportAcknowledged ?? false,
        ...(task.report === undefined ? {} : { report: task.report }),
      });
    },
    ended(taskId, report) {
      const parcel = parcels.get(taskId);
      if (parcel === undefined) return;
      parcel.report = report;
      settle(parcel);
    },
    begin(acknowledged, connection) {
      const known = new Map(acknowledged.map((entry) => [entry.taskId, entry]));
      for (const parcel of parcels.values()) {
        const entry = known.get(parcel.taskId);
        parcel.acknowledgedBytes = entry?.outputBytes ?? 0;
        // What an earlier process of ours sent is not known here, so the server's word is taken, but not beyond the end.
        parcel.sentBytes = parcel.acknowledgedBytes;
        if (entry?.reported === true) reportAcknowledged(parcel.taskId);
        settle(parcel);
      }
      current = connection;
      connection.ended.then(() => {
        if (current === connection) current = undefined;
      });
      pump(connection).catch((error: unknown) => {
        // A send that fails is a cut: the next connection goes on from the acknowledged byte.
        if (current === connection) connection.close(1011, "delivery failed");
        options.log(`delivery stopped: ${error instanceof Error ? error.message : String(error)}`);
      });
    },
    outputAcknowledged(taskId, outputBytes) {
      const parcel = parcels.get(taskId);
      if (parcel === undefined) return;
      if (outputBytes > parcel.sentBytes) {
        options.log(
          `the server acknowledged ${outputBytes} bytes of ${taskId}, but only ${parcel.sentBytes} were sent`,
        );
        return;
      }
      parcel.acknowledgedBytes = Math.max(parcel.acknowledgedBytes, outputBytes);
      settle(parcel);
    },
    reportAcknowledged,
    open: () =>
      [...parcels.values()].slice(0, 1000).map((parcel) => ({
        taskId: parcel.taskId,
        outputBytes: parcel.report?.outputBytes ?? parcel.sentBytes,
        running: parcel.report === undefined,
      })),
  };

  function reportAcknowledged(taskId: TaskId): void {
    const parcel = parcels.get(taskId);
    // A report that we have not made can't have been received.
    if (parcel?.report === undefined || parcel.isReportAcknowledged) return;
    parcel.isReportAcknowledged = true;
    options.reportDelivered(taskId);
    settle(parcel);
  }
}

function startSending(parcel: Parcel): Sending {
  parcel.sentBytes = parcel.acknowledgedBytes;
  const reader = openSpoolReader(parcel.outputDir, parcel.acknowledgedBytes);
  const { acknowledgedBytes } = parcel;
  return { reader, acknowledgedBytes, stillSince: performance.now(), reportSentAt: Number.NEGATIVE_INFINITY };
}

/** Sends the next few pieces of a parcel, and its report when it is due. True when there was something. */
async function sendSome(parcel: Parcel, sending: Sending, connection: Connection): Promise<boolean> {
  const now = performance.now();
  let sentAny = false;
  if (parcel.report !== undefined && !parcel.isReportAcknowledged && now - sending.reportSentAt > SEND_AGAIN_MS) {
    sending.reportSentAt = now;
    await connection.send({ type: "taskEnded", taskId: parcel.taskId, report: parcel.report });
    sentAny = true;
  }
  if (isMoving(parcel, sending)) sending.stillSince = now;
  sending.acknowledgedBytes = parcel.acknowledgedBytes;
  if (now - sending.stillSince > SEND_AGAIN_MS) await startAgain(parcel, sending);
  if (parcel.sentBytes - parcel.acknowledgedBytes >= WINDOW_BYTES) return sentAny;
  for (const chunk of await sending.reader.read()) {
    await connection.send(frameOf(parcel.taskId, chunk));
    parcel.sentBytes = chunk.offset + (chunk.kind === "lost" ? chunk.length : chunk.bytes.length);
    sentAny = true;
  }
  return sentAny;
}

function isMoving(parcel: Parcel, sending: Sending): boolean {
  return parcel.sentBytes === parcel.acknowledgedBytes || parcel.acknowledgedBytes !== sending.acknowledgedBytes;
}

/** Nothing was acknowledged for a while: what was sent may not have been kept. Repeated pieces are harmless. */
async function startAgain(parcel: Parcel, sending: Sending): Promise<void> {
  await sending.reader.close();
  Object.assign(sending, { ...startSending(parcel), reportSentAt: sending.reportSentAt });
}

function frameOf(taskId: TaskId, chunk: OutputChunk): AgentFrame {
  if (chunk.kind === "lost") {
    const { offset, length: lengthBytes, because } = chunk;
    return { type: "outputLost", taskId, offset, lengthBytes, because };
  }
  const { offset, at, bytes } = chunk;
  return { type: "output", taskId, offset, bytes: bytes.toString("base64"), at: Instant.parse(at) };
}
