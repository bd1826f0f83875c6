import { kubernetesLogs } from "../../../domain/action/kubernetes.ts";
import { toSafeText } from "../../../domain/text/safeText.ts";
import { logsCall } from "../../tools/kubectl.ts";
import { countErrors } from "../errorLines.ts";
import { observing } from "../observing.ts";
import { readPods } from "./pods.ts";
import { requireObject } from "./readObject.ts";
import { asWorkload } from "./workload.ts";

/** So much of a pod's lines is looked at (bytes). */
const LOG_BYTES = 16 * 2 ** 20;

/** `kubernetes.logs`: every pod of the workload that has begun; one that only waits for its image has no log to look at. */
export const kubernetesLogsAction = observing(kubernetesLogs, {
  plan: ({ cluster, workload, containerName, lines }) => [
    { kind: "note", text: `of each pod of the ${workload.kind} ${workload.name}, here called POD:` },
    {
      kind: "program",
      ...logsCall(cluster, { pod: "POD", containerName }, lines),
      fillIn: "with each pod's name for POD",
    },
  ],
  run: async (args, context) => {
    const { cluster, containerName, workload } = args;
    const object = await requireObject({ cluster, ...workload }, context);
    const pods = (await readPods(cluster, asWorkload(object), context)).filter(({ phase }) => phase !== "Pending");
    const lines: string[] = [];
    for (const { name } of pods) {
      const { stdout } = await context.program({
        ...logsCall(cluster, { pod: name, containerName }, args.lines),
        stdout: { to: "callbacks" },
        captureBytes: LOG_BYTES,
      });
      lines.push(
        ...toSafeText(stdout)
          .split("\n")
          .filter((line) => line !== ""),
      );
    }
    const { errorsCount, errors } = countErrors(lines, args);
    return {
      ok: errorsCount <= args.allowed,
      pods_count: pods.length,
      lines_count: lines.length,
      errors_count: errorsCount,
      errors,
    };
  },
});
