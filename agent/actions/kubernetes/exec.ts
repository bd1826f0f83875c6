import type { z } from "zod";
import { kubernetesExec } from "../../../domain/action/kubernetes.ts";
import { Failure } from "../../../domain/failure.ts";
import { toSafeText } from "../../../domain/text/safeText.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { endOfExec, execCall } from "../../tools/kubectl.ts";
import type { Action } from "../action.ts";
import { lookAtForeign } from "../foreignProgram.ts";
import { requireReadyPod } from "./pods.ts";

type Args = z.output<typeof kubernetesExec.args>;
type Result = z.output<typeof kubernetesExec.result>;

/** How much of what the program printed is part of the result (bytes); all of it is in the task's output. */
const OUTPUT_BYTES = 16 * 1024;

/** `kubernetes.exec`. */
export const kubernetesExecAction: Action<typeof kubernetesExec.args, typeof kubernetesExec.result> = {
  spec: kubernetesExec,
  plan: ({ cluster, workload, containerName, argv }) => [
    { kind: "note", text: `in the newest ready pod of the ${workload.kind} ${workload.name}, here called POD:` },
    {
      kind: "program",
      ...execCall(cluster, { pod: "POD", containerName }, argv),
      fillIn: "with the pod's name for POD",
    },
  ],
  run: exec,
  inspect: ({ argv, repeatable }) => lookAtForeign(`${argv[0]} in the pod`, repeatable),
};

async function exec(args: Args, context: ActionContext): Promise<Result> {
  const { cluster, containerName, argv, acceptExitCodes, timeoutMs } = args;
  const beganMs = performance.now();
  const pod = await requireReadyPod(cluster, args.workload, context);
  context.log(`In the pod ${pod}:`);
  const { exitCode, stdout, stderrTail } = await context.program({
    ...execCall(cluster, { pod, containerName }, argv),
    captureBytes: OUTPUT_BYTES,
    timeoutMs,
  });
  const stderr = toSafeText(stderrTail);
  const code = endOfExec(exitCode, stderr);
  if (!acceptExitCodes.includes(code)) {
    throw new Failure(
      "programFailed",
      `${argv[0]} in ${pod} ended with ${code}; accepted: ${acceptExitCodes.join(", ")}.`,
      {
        detail: stderr,
      },
    );
  }
  const output = toSafeText(stdout).trimEnd();
  const number = output === "" ? 0 : Number(output);
  return {
    pod,
    exit_code: code,
    output,
    number: Number.isFinite(number) ? number : 0,
    duration_ms: Math.round(performance.now() - beganMs),
  };
}
