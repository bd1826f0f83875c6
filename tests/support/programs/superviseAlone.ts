import { Buffer } from "node:buffer";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { leftAfter } from "../../../agent/actions/leftAfter.ts";
import { ACTION_REGISTRY } from "../../../agent/actions/registry.ts";
import { openJournal } from "../../../agent/journal/journal.ts";
import { createSupervisor } from "../../../agent/process/supervise.ts";
import type { SupervisedTask } from "../../../agent/process/supervisedTask.ts";
import { TaskId } from "../../../domain/ids.ts";
import { Instant } from "../../../domain/time.ts";

/**
 * An agent reduced to its journal and its supervisor, as a process of its own that a test can kill. Takes orders as JSON lines on
 * standard input and says what happens as JSON lines on standard output. Arguments: state directory, module that performs.
 */
const [, , stateDir = "", performModule = "", limit] = process.argv;
const now = () => Instant.parse(Date.now());
const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);

const leftOnHost = leftAfter(ACTION_REGISTRY, now);

const journal = await openJournal(join(stateDir, "journal"), { now });
const supervisor = createSupervisor({
  journal,
  spoolRoot: join(stateDir, "spool"),
  performModule,
  now,
  ...(limit === undefined ? {} : { outputLimitBytes: Number(limit) }),
  leftBy: async (order) =>
    order.action === "test.undo" ? [{ kind: "mount", what: "/mnt/x", cleanUp: "umount /mnt/x" }] : leftOnHost(order),
});

function tell(task: SupervisedTask): void {
  task.onProgress((progress) => say({ said: "progress", taskId: task.taskId, ...progress }));
  task.onTrouble((trouble) => say({ said: "trouble", taskId: task.taskId, trouble: trouble ?? null }));
  void task.ended.then((report) => say({ said: "ended", taskId: task.taskId, report, undo: task.undoHints() }));
}

for (const task of await supervisor.reattach()) tell(task);
say({ said: "ready", open: journal.openTasks().map(({ taskId }) => taskId), tornBytes: journal.tornBytes });

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  try {
    if (order.do === "start") {
      const bundle = Buffer.from(order.bundle ?? "", "base64");
      const task = await supervisor.start(order.order, bundle);
      say({ said: "started", taskId: task.taskId, isBundleWiped: bundle.every((byte) => byte === 0) });
      tell(task);
    }
    if (order.do === "cancel") void supervisor.cancel(TaskId.parse(order.taskId), order.graceMs);
    if (order.do === "throttle") supervisor.find(TaskId.parse(order.taskId))?.setThrottle(order.file);
    if (order.do === "sweep") supervisor.sweep(order.keepNewest);
    if (order.do === "acknowledge")
      await journal.acknowledge(order.taskId, { outputBytes: order.outputBytes, report: true });
  } catch (error) {
    say({
      said: "refused",
      error: error instanceof Error ? error.message : String(error),
      code: (error as { code?: string }).code,
    });
  }
}
supervisor.close();
await journal.close();
process.exit(0);
