import { link, rm, stat } from "node:fs/promises";
import type { z } from "zod";
import { kubernetesCp } from "../../../domain/action/kubernetes.ts";
import { Failure } from "../../../domain/failure.ts";
import { toSafeText } from "../../../domain/text/safeText.ts";
import type { ActionContext, ProgramSpec } from "../../process/actionContext.ts";
import { errnoOf } from "../../process/durableFile.ts";
import { endOfExec, execCall } from "../../tools/kubectl.ts";
import type { Action, PlannedCall } from "../action.ts";
import { fileDigest } from "../backup/fileDigest.ts";
import { requireReadyPod } from "./pods.ts";

type Args = z.output<typeof kubernetesCp.args>;
type Result = z.output<typeof kubernetesCp.result>;

/** The name that a file has until it is proven to be whole, on either side. */
const partOf = (path: string) => `${path}.slackwater-part`;

/** Programs of the container, from coreutils or busybox. */
const IN_POD = {
  digest: (path: string) => ["sha256sum", "--", path],
  write: (path: string) => ["dd", "bs=64k", `of=${path}`],
  read: (path: string) => ["cat", "--", path],
  rename: (from: string, to: string) => ["mv", "-f", "--", from, to],
  remove: (path: string) => ["rm", "-f", "--", path],
} as const;

/**
 * `kubernetes.cp`. Not by `kubectl cp`: that needs tar in the container, writes straight to where the file is used, and says nothing of a
 * stream that was cut.
 */
export const kubernetesCpAction: Action<typeof kubernetesCp.args, typeof kubernetesCp.result> = {
  spec: kubernetesCp,
  plan,
  run: async (args, context) => {
    const beganMs = performance.now();
    const pod = await requireReadyPod(args.cluster, args.workload, context);
    context.log(`The pod is ${pod}.`);
    const sha256 = await (args.fromFile === "" ? copyOut : copyIn)(args, pod, context);
    return describe(args, pod, sha256, performance.now() - beganMs);
  },
  inspect: async (args, context) => {
    const pod = await requireReadyPod(args.cluster, args.workload, context);
    const here = await digestHere(args.fromFile === "" ? args.toFile : args.fromFile, context);
    const there = await digestInPod(args, pod, args.inPod, context);
    if (here === undefined || here !== there) return { state: "notBegun" };
    return { state: "done", result: await describe(args, pod, here, 0) };
  },
  left: async (args, context) => {
    if (args.toFile !== "") {
      const part = partOf(args.toFile);
      const there = await stat(part).catch(() => undefined);
      if (there === undefined) return [];
      return [{ kind: "partialFiles", what: `${part}: ${there.size} bytes`, cleanUp: `rm -- ${part}` }];
    }
    const pod = await requireReadyPod(args.cluster, args.workload, context);
    const part = partOf(args.inPod);
    if ((await digestInPod(args, pod, part, context)) === undefined) return [];
    return [{ kind: "partialFiles", what: `${part} in the pod ${pod}`, cleanUp: "Retry the step, which replaces it." }];
  },
};

function plan(args: Args): readonly PlannedCall[] {
  const { cluster, workload, containerName, inPod, fromFile, toFile } = args;
  const call = (argv: readonly string[], hasInput = false): PlannedCall => {
    const { file, args: words } = execCall(cluster, { pod: "POD", containerName }, argv, { hasInput });
    const fillIn = `with the pod's name for POD${hasInput ? ", and the file on standard input" : ""}`;
    return { kind: "program", file, args: words, fillIn };
  };
  const where: PlannedCall = {
    kind: "note",
    text: `in the newest ready pod of the ${workload.kind} ${workload.name}, here called POD:`,
  };
  if (fromFile === "") {
    return [
      where,
      call(IN_POD.digest(inPod)),
      call(IN_POD.read(inPod)),
      { kind: "note", text: `into ${partOf(toFile)}, which becomes ${toFile} when its SHA-256 is the same` },
    ];
  }
  const part = partOf(inPod);
  return [
    where,
    { kind: "program", file: "cat", args: ["--", fromFile], bash: [] },
    { kind: "note", text: "into" },
    call(IN_POD.write(part), true),
    call(IN_POD.digest(part)),
    { kind: "note", text: "and only if that is the SHA-256 of the file here:" },
    call(IN_POD.rename(part, inPod)),
  ];
}

/** One program in the pod that must end with 0. Its output is data and not shown. */
function inPod(
  { cluster, containerName, timeoutMs }: Args,
  pod: string,
  argv: readonly string[],
  how: { readonly hasInput?: boolean } = {},
): ProgramSpec {
  return { ...execCall(cluster, { pod, containerName }, argv, how), stdout: { to: "callbacks" }, timeoutMs };
}

function requireZero(
  argv: readonly string[],
  { exitCode, stderrTail }: { exitCode: number; stderrTail: Buffer },
): void {
  const stderr = toSafeText(stderrTail);
  const code = endOfExec(exitCode, stderr);
  if (code !== 0) throw new Failure("programFailed", `${argv[0]} in the pod ended with ${code}.`, { detail: stderr });
}

async function copyIn(args: Args, pod: string, context: ActionContext): Promise<string> {
  const part = partOf(args.inPod);
  const wanted = await fileDigest(args.fromFile, context);
  const read: ProgramSpec = { file: "cat", args: ["--", args.fromFile], debianPackage: "coreutils" };
  const write = inPod(args, pod, IN_POD.write(part), { hasInput: true });
  // Only 0 is an answer here: were every end accepted, the fault would seem to be cat's, whose pipe broke with it.
  await context.pipeline([read, { ...write, acceptExitCodes: [0] }]);
  const there = await digestInPod(args, pod, part, context);
  if (there !== wanted) {
    await context.program(inPod(args, pod, IN_POD.remove(part)));
    throw differs(args.fromFile, wanted, `${part} in ${pod}`, there);
  }
  const rename = IN_POD.rename(part, args.inPod);
  requireZero(rename, await context.program(inPod(args, pod, rename)));
  return wanted;
}

async function copyOut(args: Args, pod: string, context: ActionContext): Promise<string> {
  const { toFile } = args;
  const wanted = await digestInPod(args, pod, args.inPod, context);
  if (wanted === undefined) throw new Failure("objectMissing", `There is no file ${args.inPod} in the pod ${pod}.`);
  const before = await digestHere(toFile, context);
  if (before === wanted) return wanted;
  if (before !== undefined) {
    throw new Failure(
      "expectationFailed",
      `${toFile} is there with other contents (SHA-256 ${before}). It was left as it is: give this copy another name.`,
    );
  }
  const part = partOf(toFile);
  await rm(part, { force: true });
  try {
    const read = IN_POD.read(args.inPod);
    const stdout = { to: "file", path: part, mode: 0o600 } as const;
    requireZero(read, await context.program({ ...inPod(args, pod, read), stdout }));
    const here = await fileDigest(part, context);
    if (here !== wanted) throw differs(`${args.inPod} in ${pod}`, wanted, part, here);
    // A link and no rename: what somebody has made under this name meanwhile is not replaced.
    await link(part, toFile);
  } finally {
    await rm(part, { force: true });
  }
  return wanted;
}

function differs(from: string, wanted: string, to: string, got: string | undefined): Failure {
  return new Failure("copyDiffers", `${from} has the SHA-256 ${wanted}, and ${to} has ${got ?? "none"}.`);
}

/** SHA-256 of a file in the pod; undefined where there is none. */
async function digestInPod(args: Args, pod: string, path: string, context: ActionContext): Promise<string | undefined> {
  const { exitCode, stdout, stderrTail } = await context.program(inPod(args, pod, IN_POD.digest(path)));
  if (endOfExec(exitCode, toSafeText(stderrTail)) !== 0) return undefined;
  // A name with a backslash or a newline in it is told after a backslash.
  const digest = /^\\?([0-9a-f]{64})\s/.exec(stdout.toString())?.[1];
  if (digest !== undefined) return digest;
  throw new Failure("outputUnreadable", "What sha256sum printed in the pod is not what it is known to print.");
}

async function digestHere(path: string, context: ActionContext): Promise<string | undefined> {
  return fileDigest(path, context).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  });
}

async function describe(args: Args, pod: string, sha256: string, durationMs: number): Promise<Result> {
  const { size } = await stat(args.fromFile === "" ? args.toFile : args.fromFile);
  return {
    pod,
    direction: args.fromFile === "" ? "out" : "in",
    size_bytes: size,
    sha256,
    duration_ms: Math.round(durationMs),
  };
}
