import { setTimeout as wait } from "node:timers/promises";
import type { RunId } from "../../domain/ids.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import { Instant } from "../../domain/time.ts";
import type { AgentFrame, TaskOrder } from "../../protocol/agent.ts";
import { runKeyText } from "../../protocol/handshake.ts";
import type { FakeAgent } from "../support/fakeAgent.ts";

/** How a task goes on this stage: by itself to its end, or until the stage says so. */
export type Course =
  | { readonly kind: "succeeds" }
  /** Reports progress and stays where it is. */
  | { readonly kind: "stands"; readonly share: number }
  | { readonly kind: "fails"; readonly share: number; readonly message: string; readonly detail?: string }
  | { readonly kind: "differs" };

/** A host on a stage: it speaks the real protocol to the real server and does nothing to any disk. */
export interface StagedAgent {
  /** How the next so many tasks of an action go; without it, they succeed at once. */
  stage(action: string, course: Course, times?: number): void;
  /** The task of a course that stands ends well. */
  finish(action: string): void;
  close(): Promise<void>;
}

const GIB = 2 ** 30;
const TOTAL = 48_000_000_000;
const MANIFEST = "4be9".repeat(16);
const CONTENT = "a11c".repeat(16);
const ROWS = { operations: 1_204_118, users: 1_893, snapshots: 1_671 };
const SYSTEM = "7412558936121843712";
const FILES = 3_017;
/** On the empty volume, which is made a quarter larger than the directory. */
const VOLUME_FREE = 60_000_000_000;

/** What each action answers when all goes well; the figures of one sample cluster, the same wherever they are asked. */
function resultOf(order: TaskOrder, encryption: string): Record<string, unknown> {
  const now = Date.now();
  const counted = { rows: ROWS, rows_total: 1_207_682, digest: CONTENT };
  switch (order.action) {
    case "postgres.facts":
      return {
        size_bytes: TOTAL,
        database_bytes: 41_300_000_000,
        data_directory: "/var/lib/postgresql/15/main",
        owner: "106:113",
        version: "15.8",
        system_identifier: SYSTEM,
        restart_policy: "none",
        tablespaces_outside_count: 0,
      };
    case "host.facts":
      return {
        cores: 16,
        load1: 3.1,
        memory_available_bytes: 41 * GIB,
        aes: encryption === "luks2",
        kernel: "6.1.0-28-amd64",
      };
    case "host.prerequisites":
      return { ok: true, missing: [], packages: [] };
    case "host.disk":
      return { free_bytes: 212_000_000_000, total_bytes: 480_000_000_000, source: "/dev/nvme0n1p2" };
    case "host.cipherBenchmark":
      return { encrypt_bytes_per_second: 2_100_000_000, available: true };
    case "host.diskErrors":
      return { errors_count: 0, readable: true };
    case "backup.create":
      return {
        path: "/var/backups/slackwater/base.sql.gz.enc",
        size_bytes: 9_410_000_000,
        rows: ROWS,
        created_at: now,
      };
    case "backup.verify":
      return { is_complete: true };
    case "backup.restoreTest":
      return { rows: ROWS, rows_equal: true, is_dropped: true };
    case "postgres.count":
      return counted;
    case "http.check":
      return { ok: true, status: 200, latency_ms: 12.4, value: 12.4 };
    case "postgres.scanLog":
      return { errors_per_minute: 0.4, errors_count: 2, critical_count: 0 };
    case "traffic.stop":
      return { sessions_left_count: 0 };
    case "traffic.prove":
      return { foreign_sessions_count: 0, quiet: true, wal_moved_bytes: 0 };
    case "luks.create":
      return {
        encrypted: encryption,
        cipher: encryption === "luks2" ? "aes-xts-plain64" : "none",
        key_bits: encryption === "luks2" ? 512 : 0,
        slots_used_count: encryption === "luks2" ? 2 : 0,
        is_mounted: true,
        is_writable: true,
        free_bytes: VOLUME_FREE,
      };
    case "luks.headerBackup":
      return {
        path: "/var/backups/slackwater/pgdata.header.age",
        sha256: MANIFEST,
        is_tested: true,
        recipients_count: 2,
      };
    case "luks.testSlot":
      return { opens: true };
    case "postgres.stop":
      return { is_down: true, is_clean: true };
    case "postgres.atRest":
      return {
        at_rest: true,
        server_running: false,
        open_files_count: 0,
        restart_policy: "none",
        system_identifier: SYSTEM,
      };
    case "files.copy":
      return {
        files_source: FILES,
        files_target: FILES,
        bytes_source: TOTAL,
        bytes_target: TOTAL,
        source_at_rest: true,
        source_manifest_before: MANIFEST,
        source_manifest_after: MANIFEST,
        owner: "106:113",
        duration_ms: 2_100_000,
      };
    case "luks.reopen":
      return { closed_first: true, was_open: false, is_mounted: true, has_marker: true };
    case "files.verify":
      return {
        files_checked: FILES,
        differing_count: 0,
        missing_count: 0,
        extra_count: 0,
        wrong_owner_count: 0,
        required_missing_count: 0,
        files_source: FILES,
        files_target: FILES,
        bytes_source: TOTAL,
        bytes_target: TOTAL,
        source_at_rest: true,
        source_manifest: MANIFEST,
      };
    case "files.manifest":
      return { manifest: MANIFEST, files_count: FILES, size_bytes: TOTAL };
    case "postgres.pointAt":
      return { now_directory: "/mnt/pgdata/data", kept: "postgresql.conf.before", restart_policy: "none" };
    case "postgres.pointBack":
      return { now_directory: "/var/lib/postgresql/15/main" };
    case "luks.open":
      return { is_mounted: true, has_marker: true };
    case "luks.close":
      return { is_closed: true };
    case "postgres.start": {
      const wished = order.arguments.expectDirectory;
      const directory = typeof wished === "string" && wished !== "" ? wished : "/mnt/pgdata/data";
      return { is_ready: true, data_directory: directory, system_identifier: SYSTEM, started_at: now };
    }
    case "luks.prove":
      return {
        on_dm_crypt: encryption === "luks2",
        chain_text: "/mnt/pgdata on dm-crypt on /var/lib/slackwater/pgdata.img",
      };
    case "postgres.query":
      return { ok: true, row_count: 1, number: 1_204_118 };
    case "traffic.start":
      return { is_open: true };
    default:
      throw new Error(`the stage knows no ${order.action}`);
  }
}

/** Plays the host: accepts what the server orders, writes some output, reports; sends a sample of health each second. */
export function playHost(agent: FakeAgent, encryption: "luks2" | "none"): StagedAgent {
  const courses = new Map<string, Course[]>();
  const standing = new Map<string, TaskOrder>();
  let isOver = false;
  const end = (order: TaskOrder, report: Partial<TaskReport> & Pick<TaskReport, "outcome">): void => {
    const now = Instant.parse(Date.now());
    const whole = { startedAt: now, endedAt: now, outputBytes: outputOf(order).length, ...report } as TaskReport;
    agent.send({ type: "taskEnded", taskId: order.taskId, report: whole });
  };
  const progress = (order: TaskOrder, share: number): void => {
    const done = Math.round(TOTAL * share);
    agent.send({
      type: "progress",
      taskId: order.taskId,
      at: Instant.parse(Date.now()),
      progress: {
        done,
        total: TOTAL,
        unit: "bytes",
        ratePerSecond: 22_600_000 + Math.round(2_000_000 * Math.sin(Date.now() / 900)),
        filesDone: Math.round(FILES * share),
        filesTotal: FILES,
        item: "base/16401/24718.3",
      },
    });
  };
  const perform = async (order: TaskOrder): Promise<void> => {
    agent.send({ type: "taskAccepted", taskId: order.taskId });
    const text = outputOf(order);
    agent.send({
      type: "output",
      taskId: order.taskId,
      offset: 0,
      bytes: Buffer.from(text).toString("base64"),
      at: Instant.parse(Date.now()),
    });
    const course = courses.get(order.action)?.shift() ?? { kind: "succeeds" };
    switch (course.kind) {
      case "succeeds":
        end(order, { outcome: "succeeded", result: resultOf(order, encryption) });
        return;
      case "differs":
        end(order, { outcome: "succeeded", result: { ...resultOf(order, encryption), differing_count: 1 } });
        return;
      case "fails": {
        progress(order, course.share);
        await wait(300);
        const failure = {
          code: "diskFull",
          message: course.message,
          ...(course.detail && { detail: course.detail }),
        } as const;
        end(order, { outcome: "failed", failure });
        return;
      }
      case "stands":
        standing.set(order.action, order);
        for (let step = 0; standing.has(order.action) && !isOver; step += 1) {
          progress(order, Math.min(course.share + step * 0.0004, 0.99));
          await wait(250);
        }
    }
  };
  void (async () => {
    while (!isOver) {
      const frame = await agent.next("task").catch(() => undefined);
      if (frame) await Promise.race([perform(frame.order), wait(50)]);
    }
  })();
  void (async () => {
    while (!isOver) {
      const frame = await agent.next("cancel").catch(() => undefined);
      const order = frame && [...standing.values()].find(({ taskId }) => taskId === frame.taskId);
      if (!order) continue;
      standing.delete(order.action);
      await wait(1_500);
      end(order, { outcome: "cancelled", receipt: { ended: [], left: [] } });
    }
  })();
  void (async () => {
    while (!isOver) {
      const frame = await agent.next("makeRunKey").catch(() => undefined);
      if (frame) agent.send(runKeyFrame(agent, frame.runId));
    }
  })();
  const health = setInterval(() => sendHealth(agent, [...standing.keys()].length > 0), 1_000);
  return {
    stage: (action, course, times = 1) => void courses.set(action, Array<Course>(times).fill(course)),
    finish: (action) => {
      const order = standing.get(action);
      standing.delete(action);
      if (order) end(order, { outcome: "succeeded", result: resultOf(order, encryption) });
    },
    close: async () => {
      isOver = true;
      standing.clear();
      clearInterval(health);
      await agent.close();
    },
  };
}

/** An age recipient as an agent makes one for a run; its private half is thrown away, since nothing here opens a secret. */
const RECIPIENT = "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z";

function runKeyFrame(agent: FakeAgent, runId: RunId): Extract<AgentFrame, { type: "runKey" }> {
  const signature = agent.host.sign(runKeyText({ runId, recipient: RECIPIENT }));
  return { type: "runKey", runId, recipient: RECIPIENT, signature };
}

function outputOf(order: TaskOrder): string {
  const lines = [`${order.action} begins`];
  for (let line = 1; line <= 40; line += 1)
    lines.push(`base/16401/${24_600 + line}  1,073,741,824  100 %  ${(21 + (line % 5) / 2).toFixed(1)} MB/s`);
  lines.push("warning: the disk is slower than it was", "<b>not a tag</b> \u001b[31mnot red\u001b[0m", "done so far");
  return `${lines.join("\n")}\n`;
}

function sendHealth(agent: FakeAgent, isBusy: boolean): void {
  const wave = (low: number, high: number, period: number): number =>
    low + ((high - low) * (1 + Math.sin(Date.now() / period))) / 2;
  agent.send({
    type: "health",
    sample: {
      at: Instant.parse(Date.now()),
      cpuPercent: wave(25, isBusy ? 61 : 35, 7_000),
      load1: 3.1,
      memoryUsedBytes: 23 * GIB,
      memoryTotalBytes: 64 * GIB,
      diskBusyPercent: wave(isBusy ? 55 : 12, isBusy ? 80 : 30, 9_000),
      diskReadBytesPerSecond: 21e6,
      diskWriteBytesPerSecond: 21e6,
      networkInBytesPerSecond: 1e5,
      networkOutBytesPerSecond: 1e5,
      fileSystems: [{ path: "/", freeBytes: 87e9, totalBytes: 480e9 }],
      postgres: isBusy ? { state: "paused" } : { state: "up", latencyMs: wave(8, 22, 5_000) },
    },
  });
}
