import type { TaskId } from "../../domain/ids.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import { Instant } from "../../domain/time.ts";
import type { AgentFrame } from "../../protocol/agent.ts";
import type { OutputChunk } from "../process/spoolReader.ts";
import type { Connection } from "./connection.ts";
import type { Welcome } from "./greeting.ts";

/**
 * Brings what tasks wrote and how they ended to the server. Nothing is kept in memory for it: output is read again from the
 * spool, from the byte that the server acknowledged last, as often as it takes; a report is sent until it is acknowledged.
 */
export interface Delivery {
  /** A task began, was found again after a restart, or is asked for again. */
  add(parcel: ParcelSource): void;
  /** A task ended. */
  ended(taskId: TaskId, report: TaskReport): void;
  /** The link is up: begins to send, from what the server has. Ends by itself with the connection. */
  begin(acknowledged: Welcome["acknowledged"], connection: Connection): void;
  outputAcknowledged(taskId: TaskId, outputBytes: number): void;
  reportAcknowledged(taskId: TaskId): void;
  /** Tasks of which the server has not everything yet. */
  open(): { taskId: TaskId; outputBytes: number; running: boolean }[];
}

/** What is to be brought of one task. */
export interface ParcelSource {
  readonly taskId: TaskId;
  /** Its output from a byte on; ends when the task has ended and all was read, or at the signal. */
  output(from: number, signal: AbortSignal): AsyncIterable<OutputChunk>;
  /** Present where it has ended already. */
  readonly report?: TaskReport;
  readonly isReportAcknowledged?: boolean;
}

export interface DeliveryOptions {
  /** The server has the report; it is not sent again. */
  reportDelivered(taskId: TaskId): void;
  /** The server has everything of a task: it is forgotten here. */
  delivered(taskId: TaskId, outputBytes: number): void;
  /** Whether a task is kept back for now: of a run that this host carries on by itself, until the server knows of it. */
  isKeptBack(taskId: TaskId): boolean;
  log(line: string): void;
}

/** So much may be on its way unacknowledged, in bytes: more would only have to be sent again after a cut. */
const WINDOW_BYTES = 8 * 1024 * 1024;
/** What was not acknowledged after so long is sent again: it may have arrived and not been kept. */
const SEND_AGAIN_MS = 5000;
const LOOK_EVERY_MS = 500;
/** A hello names so many tasks at most. */
const MOST_NAMED = 1000;

interface Parcel {
  readonly source: ParcelSource;
  report: TaskReport | undefined;
  isReportAcknowledged: boolean;
  acknowledgedBytes: number;
  /** End of what was sent: what a server can truthfully acknowledge. */
  sentBytes: number;
}

/** The sending of one parcel over one connection. */
interface Sending {
  readonly stop: AbortController;
  reportSentAt: number;
  /** Where the acknowledgement stood when last looked at, and since when. */
  stoodAt: number;
  stoodSince: number;
  /** Called when the window may have room again. */
  wake: () => void;
}

export function createDelivery(options: DeliveryOptions): Delivery {
  const parcels = new Map<TaskId, Parcel>();
  const sendings = new Map<TaskId, Sending>();
  let current: Connection | undefined;

  function settle(parcel: Parcel): void {
    const { report } = parcel;
    if (report === undefined || !parcel.isReportAcknowledged || parcel.acknowledgedBytes < report.outputBytes) return;
    const { taskId } = parcel.source;
    parcels.delete(taskId);
    stopSending(taskId);
    options.delivered(taskId, parcel.acknowledgedBytes);
  }

  function stopSending(taskId: TaskId): void {
    const sending = sendings.get(taskId);
    sendings.delete(taskId);
    sending?.stop.abort();
    sending?.wake();
  }

  function startSending(parcel: Parcel, connection: Connection): void {
    const { taskId } = parcel.source;
    stopSending(taskId);
    if (options.isKeptBack(taskId)) return;
    parcel.sentBytes = parcel.acknowledgedBytes;
    const sending: Sending = {
      stop: new AbortController(),
      reportSentAt: Number.NEGATIVE_INFINITY,
      stoodAt: parcel.acknowledgedBytes,
      stoodSince: performance.now(),
      wake: () => {},
    };
    sendings.set(taskId, sending);
    sendReport(parcel, sending, connection);
    sendOutput(parcel, sending, connection).catch((error: unknown) => {
      if (sending.stop.signal.aborted) return;
      options.log(`output of ${taskId} could not be sent: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  async function sendOutput(parcel: Parcel, sending: Sending, connection: Connection): Promise<void> {
    const { signal } = sending.stop;
    for await (const chunk of parcel.source.output(parcel.acknowledgedBytes, signal)) {
      while (!signal.aborted && parcel.sentBytes - parcel.acknowledgedBytes >= WINDOW_BYTES) {
        await new Promise<void>((resolve) => {
          sending.wake = resolve;
        });
      }
      if (signal.aborted) return;
      // Before the frame leaves: its acknowledgement may be here before the send says that it is done.
      parcel.sentBytes = chunk.offset + (chunk.kind === "lost" ? chunk.length : chunk.bytes.length);
      await connection.send(frameOf(parcel.source.taskId, chunk));
    }
  }

  function sendReport(parcel: Parcel, sending: Sending, connection: Connection): void {
    const { report } = parcel;
    if (report === undefined || parcel.isReportAcknowledged) return;
    if (performance.now() - sending.reportSentAt < SEND_AGAIN_MS || options.isKeptBack(parcel.source.taskId)) return;
    sending.reportSentAt = performance.now();
    const { taskId } = parcel.source;
    connection.send({ type: "taskEnded", taskId, report }).catch((error: unknown) => {
      // A cut is mended by the next connection; a report that fits no frame never would be.
      if (error instanceof RangeError) options.log(`the report of ${taskId} can't be sent: ${error.message}`);
    });
  }

  /** What stands still is sent again from what was acknowledged; repeated pieces are harmless. */
  function look(connection: Connection): void {
    // Kept back when the connection began, and not any more.
    for (const [taskId, parcel] of parcels) if (!sendings.has(taskId)) startSending(parcel, connection);
    for (const [taskId, sending] of sendings) {
      const parcel = parcels.get(taskId);
      if (parcel === undefined) continue;
      sendReport(parcel, sending, connection);
      const isMoving = parcel.sentBytes === parcel.acknowledgedBytes || parcel.acknowledgedBytes !== sending.stoodAt;
      if (isMoving) {
        sending.stoodAt = parcel.acknowledgedBytes;
        sending.stoodSince = performance.now();
      } else if (performance.now() - sending.stoodSince > SEND_AGAIN_MS) {
        options.log(`output of ${taskId} is sent again from byte ${parcel.acknowledgedBytes}`);
        startSending(parcel, connection);
      }
    }
  }

  function end(): void {
    current = undefined;
    for (const taskId of [...sendings.keys()]) stopSending(taskId);
  }

  function reportAcknowledged(taskId: TaskId): void {
    const parcel = parcels.get(taskId);
    // A report that we have not made can't have been received.
    if (parcel?.report === undefined || parcel.isReportAcknowledged) return;
    parcel.isReportAcknowledged = true;
    options.reportDelivered(taskId);
    settle(parcel);
  }

  return {
    add(source) {
      if (parcels.has(source.taskId)) return;
      const parcel: Parcel = {
        source,
        report: source.report,
        isReportAcknowledged: source.isReportAcknowledged ?? false,
        acknowledgedBytes: 0,
        sentBytes: 0,
      };
      parcels.set(source.taskId, parcel);
      if (current !== undefined) startSending(parcel, current);
    },
    ended(taskId, report) {
      const parcel = parcels.get(taskId);
      if (parcel === undefined) return;
      parcel.report = report;
      const sending = sendings.get(taskId);
      if (current !== undefined && sending !== undefined) sendReport(parcel, sending, current);
      settle(parcel);
    },
    begin(acknowledged, connection) {
      end();
      const known = new Map(acknowledged.map((entry) => [entry.taskId, entry]));
      for (const [taskId, parcel] of [...parcels]) {
        const entry = known.get(taskId);
        // What an earlier process of ours sent is not known here, so that the server's word is taken for where to begin.
        parcel.acknowledgedBytes = entry?.outputBytes ?? 0;
        if (entry?.reported === true) reportAcknowledged(taskId);
        settle(parcel);
      }
      current = connection;
      for (const parcel of [...parcels.values()]) startSending(parcel, connection);
      const timer = setInterval(() => look(connection), LOOK_EVERY_MS);
      connection.ended.finally(() => {
        clearInterval(timer);
        if (current === connection) end();
      });
    },
    outputAcknowledged(taskId, outputBytes) {
      const parcel = parcels.get(taskId);
      if (parcel === undefined) return;
      if (outputBytes > parcel.sentBytes) {
        options.log(`the server acknowledged ${outputBytes} bytes of ${taskId}, but ${parcel.sentBytes} were sent`);
        return;
      }
      parcel.acknowledgedBytes = Math.max(parcel.acknowledgedBytes, outputBytes);
      sendings.get(taskId)?.wake();
      settle(parcel);
    },
    reportAcknowledged,
    open: () =>
      [...parcels.values()].slice(0, MOST_NAMED).map((parcel) => ({
        taskId: parcel.source.taskId,
        outputBytes: parcel.report?.outputBytes ?? parcel.sentBytes,
        running: parcel.report === undefined,
      })),
  };
}

function frameOf(taskId: TaskId, chunk: OutputChunk): AgentFrame {
  if (chunk.kind === "lost") {
    const { offset, length: lengthBytes, because } = chunk;
    return { type: "outputLost", taskId, offset, lengthBytes, because };
  }
  const { offset, at, bytes } = chunk;
  return { type: "output", taskId, offset, bytes: bytes.toString("base64"), at: Instant.parse(at) };
}
