import { z } from "zod";
import {
  AbsolutePath,
  Flag,
  Milliseconds,
  ProgramWord,
  ReadPath,
  ReadPathOrNone,
  WholeNumber,
  WritePath,
  WritePathOrNone,
} from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { KubernetesObject } from "./kubernetesManifest.ts";
import {
  ContainerInPod,
  EXAMPLE_NAMESPACE,
  ExportKind,
  KubernetesTarget,
  ObjectKind,
  ObjectName,
  Workload,
} from "./kubernetesTarget.ts";
import { logWords } from "./logWords.ts";

const count = z.int().min(0);
const tools = { kubectl: "kubernetes-client" } as const;
const digest = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in hexadecimal");

/** `kubernetes.export`. */
export const kubernetesExport = defineAction({
  name: "kubernetes.export",
  title: "Keep the manifest of an object",
  about:
    "Writes one object into a file as JSON, without what the API server keeps about it, so that `kubernetes.apply` can apply it again. Changes nothing in the cluster. A file that is there with other contents is left alone and is a failure: it may be the only copy of an earlier state. One that is there with the same contents is a success.",
  class: "change",
  args: z.strictObject({
    cluster: KubernetesTarget,
    kind: ExportKind,
    name: ObjectName.describe("Name of the object."),
    to: WritePath.describe("File on the host that is made."),
  }),
  example: {
    cluster: EXAMPLE_NAMESPACE,
    kind: "deployment",
    name: "web",
    to: "/var/backups/slackwater/web.before.json",
  },
  result: z.object({
    path: z.string(),
    size_bytes: count,
    sha256: z.string().describe("Of the file; `kubernetes.apply` can ask for it by `expectSha256`."),
    replicas_count: count.describe("Of a deployment or a stateful set; 0 for other kinds."),
    images: z.array(z.string()).describe("Images of its containers; none for kinds without them."),
  }),
  undo: "Nothing that was there is changed: remove the file by hand, or keep it.",
  tools,
  secrets: [],
});

/** `kubernetes.scale`. */
export const kubernetesScale = defineAction({
  name: "kubernetes.scale",
  title: "Scale a workload",
  about:
    "Scales a workload. At 0 it waits until its pods are gone and not only told to go: a ReadWriteOnce claim is free only then; otherwise until as many pods are ready. Pods of another workload with the same labels are not counted. It fails when that takes longer than `waitMs`, and as soon as something else, such as an autoscaler, is seen to have scaled the workload meanwhile: stop that before.",
  class: "change",
  args: z.strictObject({
    cluster: KubernetesTarget,
    workload: Workload,
    replicas: WholeNumber.pipe(z.int().min(0).max(1000)).describe("How many pods it shall have."),
    waitMs: Milliseconds.default(120_000).describe("Longest time until as many pods are ready, or none is left."),
    allowAbsent: Flag.default(false).describe(
      "True: a workload that is not there is a success when it is scaled to 0.",
    ),
  }),
  example: { cluster: EXAMPLE_NAMESPACE, workload: { name: "web" }, replicas: 0, waitMs: 180_000 },
  result: z.object({
    is_present: z.boolean().describe("False: there is no such workload, and `allowAbsent` says that this is good."),
    replicas_before_count: count.describe(
      "What it was before the last change that was made here; the number to go back to.",
    ),
    replicas_count: count,
    ready_count: count,
    pods_left_count: count.describe("Pods that still hold their volumes: those whose containers have not all ended."),
    duration_ms: count,
  }),
  undo: "`kubernetes.scale` with `replicas_before_count` of its result.",
  afterCancel:
    "Perhaps the new number, which the cluster goes on working towards: a retry waits for it and still tells the number from before.",
  tools,
  secrets: [],
  hasProgress: true,
});

/** `kubernetes.apply`. */
export const kubernetesApply = defineAction({
  name: "kubernetes.apply",
  title: "Apply a manifest",
  about:
    "Applies objects: written in the runbook itself as YAML, or from a file on the host. The whole of it is tried first by the API server (`--dry-run=server`), so that nothing is changed when a part of it would be refused. Objects that are not in it are left alone, and nothing is waited for: `kubernetes.rolloutStatus` does that. Refuses kinds that are not on its list, objects of another namespace, files above 4 MiB, and files with a value that YAML 1.1 and 1.2 read differently (`yes`, `0644`).",
  class: "change",
  args: z
    .strictObject({
      cluster: KubernetesTarget,
      objects: z
        .array(KubernetesObject)
        .max(50)
        .default([])
        .describe(
          "Objects as they stand in a manifest; empty: `file` is meant. A template fills in one value and can't change the structure around it.",
        ),
      file: ReadPathOrNone.default("").describe(
        "A file with YAML documents or JSON, such as `kubernetes.export` writes; empty: `objects` are meant.",
      ),
      expectSha256: z
        .union([z.literal(""), digest])
        .default("")
        .describe("What the file must be, by its SHA-256; empty: any."),
    })
    .superRefine(({ objects, file, expectSha256 }, context) => {
      const message = "either objects or a file are applied";
      if (objects.length > 0 === (file !== "")) context.addIssue({ code: "custom", path: ["objects"], message });
      if (file === "" && expectSha256 !== "")
        context.addIssue({ code: "custom", path: ["expectSha256"], message: "only a file has a digest to expect" });
    }),
  example: {
    cluster: EXAMPLE_NAMESPACE,
    objects: [
      {
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: "web" },
        spec: { minAvailable: 1, selector: { matchLabels: { app: "web" } } },
      },
    ],
  },
  result: z.object({
    objects: z.array(z.string()).describe("Each with what became of it, such as `deployment.apps/web configured`."),
    objects_count: count,
    created_count: count,
    configured_count: count,
    unchanged_count: count,
    sha256: z.string().describe("Of the file, or of the objects as they were sent."),
  }),
  undo: "What was there is not kept: export it before with `kubernetes.export` and apply that file; an object that was made is removed by hand.",
  afterCancel:
    "Perhaps a part of the objects applied: a retry applies all of them, which changes nothing of those that are right.",
  tools,
  secrets: [],
});

/** `kubernetes.patch`. */
export const kubernetesPatch = defineAction({
  name: "kubernetes.patch",
  title: "Change a part of an object",
  about:
    "Changes a part of one object, such as the selector of a service. What puts it back is part of the result. An object that is not there is a failure; what the patch may say is the API server's to judge. Waits for nothing: `kubernetes.rolloutStatus` does that.",
  class: "change",
  args: z.strictObject({
    cluster: KubernetesTarget,
    kind: ObjectKind,
    name: ObjectName.describe("Name of the object."),
    type: z
      .enum(["strategic", "merge"])
      .default("strategic")
      .describe(
        "`strategic` merges lists by the rules of their types, such as containers by name; `merge` puts a list in the place of the one that is there.",
      ),
    patch: z
      .union([
        z
          .record(z.string().max(253), z.json())
          .refine((patch) => Object.keys(patch).length > 0, "a patch of something"),
        z.string().max(64_000).refine(isObjectText, "the JSON text of an object"),
      ])
      .describe("The patch as YAML, or as JSON text where a value has to be `null` to be taken away."),
  }),
  example: {
    cluster: EXAMPLE_NAMESPACE,
    kind: "service",
    name: "web",
    patch: { spec: { selector: { app: "web", color: "green" } } },
  },
  result: z.object({
    changed: z.boolean().describe("False where the object was so already."),
    reverse_patch: z
      .string()
      .describe(
        "JSON text of the merge patch that puts back what this attempt found; empty where a strategic patch has a list or a `$` key in it, which no merge patch can put back.",
      ),
    generation: count.describe("The object's own count of its changes, after this one; 0 for kinds that have none."),
  }),
  undo: "`kubernetes.patch` with `type: merge` and `reverse_patch` of its result; where that is empty, `kubernetes.apply` of what `kubernetes.export` wrote before.",
  afterCancel:
    "The object as it was, or with the whole patch; `reverse_patch` of a retry puts back what the retry found, which may be the patch itself.",
  tools,
  secrets: [],
});

/** `kubernetes.rolloutStatus`. */
export const kubernetesRolloutStatus = defineAction({
  name: "kubernetes.rolloutStatus",
  title: "Look how far a rollout is",
  about:
    "Whether a rollout has come to its end, waiting up to `waitMs` for it. One that has failed is told at once. That it is not complete is a result, not a failure: the runbook judges. A workload that is not there is a failure. A stateful set whose update strategy is `OnDelete` never counts as complete.",
  class: "observe",
  args: z.strictObject({
    cluster: KubernetesTarget,
    workload: Workload,
    waitMs: Milliseconds.default(0).describe("How long it may take to come to its end; 0: look once."),
  }),
  example: { cluster: EXAMPLE_NAMESPACE, workload: { name: "web" }, waitMs: 300_000 },
  result: z.object({
    is_complete: z.boolean(),
    has_failed: z.boolean().describe("It made no progress within its own deadline."),
    replicas_count: count.describe("How many pods it shall have."),
    updated_count: count.describe("Pods of the new revision, as the workload's own status counts them."),
    ready_count: count,
    available_count: count,
    waited_ms: count,
    detail: z.string().describe("How far it is, in words."),
  }),
  tools,
  secrets: [],
  probe: { ok: "is_complete", value: "available_count" },
});

/** `kubernetes.wait`. */
export const kubernetesWait = defineAction({
  name: "kubernetes.wait",
  title: "Wait for a condition",
  about:
    "Waits until an object has a condition, or is gone. That it has not within `waitMs` is a result (`is_met` false), not a failure: the runbook judges. An object that is not there yet is waited for. A condition from before the object's last change does not count.",
  class: "observe",
  args: z.strictObject({
    cluster: KubernetesTarget,
    kind: ObjectKind,
    name: ObjectName.describe("Name of the object."),
    condition: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9]{0,62}$/, "the name of a condition, or deleted")
      .describe("Name of a condition such as `Available`, upper and lower case alike, or `deleted`."),
    status: z
      .enum(["True", "False", "Unknown"])
      .default("True")
      .describe("What the condition must be; of no meaning for `deleted`."),
    waitMs: Milliseconds.default(120_000).describe("How long it may take; 0: look once."),
  }),
  example: { cluster: EXAMPLE_NAMESPACE, kind: "job", name: "migrate", condition: "Complete", waitMs: 600_000 },
  result: z.object({
    is_met: z.boolean(),
    is_present: z.boolean().describe("The object is there at the end."),
    status: z.string().describe("Of the condition at the end; empty where it is not there."),
    reason: z.string().describe("Of the condition, in one word, as whoever set it gave it; empty where there is none."),
    detail: z.string().describe("What the condition says of itself, or why it does not count."),
    waited_ms: count,
  }),
  tools,
  secrets: [],
  probe: { ok: "is_met", value: "waited_ms" },
});

/** `kubernetes.exec`. */
export const kubernetesExec = defineAction({
  name: "kubernetes.exec",
  title: "Run a program in a pod",
  about:
    "Runs a program in the newest ready pod of a workload, without a shell, a terminal or standard input. An exit code that is not accepted, a container that does not have the program, and a workload without a ready pod are failures. After an unknown outcome it is not run again, unless `repeatable` says that it may be. What the program does in the pod is not looked at.",
  class: "change",
  args: z.strictObject({
    cluster: KubernetesTarget,
    workload: Workload,
    containerName: ContainerInPod.default(""),
    argv: z.array(ProgramWord).min(1).max(100).describe("Program and arguments, one by one."),
    acceptExitCodes: z
      .array(WholeNumber.pipe(z.int().min(0).max(255)))
      .min(1)
      .max(20)
      .default([0])
      .describe("Exit codes of the program that are a success."),
    timeoutMs: Milliseconds.default(60_000).describe(
      "How long it may take; then the step fails, and the program may go on in the pod.",
    ),
    repeatable: Flag.default(false).describe(
      "True where it may simply be run again when nobody can tell how it ended.",
    ),
  }),
  example: {
    cluster: EXAMPLE_NAMESPACE,
    workload: { name: "web" },
    argv: ["/app/bin/queue", "pause"],
    repeatable: true,
  },
  result: z.object({
    pod: z.string().describe("Name of the pod that it ran in."),
    exit_code: count,
    output: z.string().describe("The beginning of standard output, made safe to show, without the last line's end."),
    number: z.number().describe("The same as a number where it is one, else 0."),
    duration_ms: count,
  }),
  undo: "As the program does it: the runbook needs a step of its own that puts back what it changes.",
  afterCancel:
    "What the program had done by then, and perhaps the program itself, still running in the pod: look there by hand.",
  tools,
  secrets: [],
});

/** `kubernetes.cp`. */
export const kubernetesCp = defineAction({
  name: "kubernetes.cp",
  title: "Copy a file into or out of a pod",
  about:
    "Copies one file into the newest ready pod of a workload, or out of it, and proves by SHA-256 on both sides that it is the same. It gets its name only then: a half copy never lies where it is used. A file in the pod is replaced; one on the host with other contents is left alone and is a failure. The container needs `sha256sum`, and `dd`, `mv` and `rm` for a copy in, `cat` for a copy out. No other pod of the workload gets the file.",
  class: "change",
  args: z
    .strictObject({
      cluster: KubernetesTarget,
      workload: Workload,
      containerName: ContainerInPod.default(""),
      inPod: AbsolutePath.describe("Path inside of the container."),
      fromFile: ReadPathOrNone.default("").describe(
        "File on the host that is copied into the pod; empty: it is copied out.",
      ),
      toFile: WritePathOrNone.default("").describe(
        "File on the host that is made from that in the pod; empty: it is copied in.",
      ),
      timeoutMs: Milliseconds.default(600_000).describe("How long each program in the pod may take."),
    })
    .superRefine(({ fromFile, toFile }, context) => {
      const message = "either fromFile is copied in, or toFile is copied out";
      if ((fromFile === "") === (toFile === "")) context.addIssue({ code: "custom", path: ["fromFile"], message });
    }),
  example: {
    cluster: EXAMPLE_NAMESPACE,
    workload: { kind: "statefulset", name: "search" },
    inPod: "/data/settings.json",
    toFile: "/var/backups/slackwater/search-settings.json",
  },
  result: z.object({
    pod: z.string().describe("Name of the pod that it was copied into or out of."),
    direction: z.enum(["in", "out"]),
    size_bytes: count,
    sha256: z.string(),
    duration_ms: count,
  }),
  undo: "Copied out: remove the file `toFile` by hand; copied in: a file that was there is lost, unless another `kubernetes.cp` copied it out before, which can then be copied back.",
  afterCancel:
    "Perhaps a part of the copy under its name with `.slackwater-part` behind it, on the host or in the pod: the receipt names it, and a retry replaces it.",
  tools: { ...tools, sha256sum: "coreutils" },
  secrets: [],
});

/** `kubernetes.logs`. */
export const kubernetesLogs = defineAction({
  name: "kubernetes.logs",
  title: "Look for errors in the log of pods",
  about:
    "Counts errors in the last lines of the pods of a workload: lines that hold one of some words. Pods that have not begun yet have no log and are passed over. More errors than allowed are a result (`ok` false), not a failure: the runbook judges.",
  class: "observe",
  args: z.strictObject({
    cluster: KubernetesTarget,
    workload: Workload,
    containerName: ContainerInPod.default(""),
    ...logWords("pod"),
  }),
  example: {
    cluster: EXAMPLE_NAMESPACE,
    workload: { name: "web" },
    lines: 500,
    benign: ["retrying connection"],
    allowed: 2,
  },
  result: z.object({
    ok: z.boolean().describe("There are no more errors than `allowed`."),
    pods_count: count.describe("Pods whose log was looked at."),
    lines_count: count,
    errors_count: count,
    errors: z.array(z.string()).describe("The last five, made safe to show."),
  }),
  tools,
  secrets: [],
  probe: { ok: "ok", value: "errors_count" },
});

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
  } catch {
    return false;
  }
}

/** `kubernetes.delete`. */
export const kubernetesDelete = defineAction({
  name: "kubernetes.delete",
  title: "Delete an object that is kept in a file",
  about:
    "Deletes one object and waits until it is gone, and the pods that belong to it with it. Only what the file holds that `kubernetes.export` wrote is deleted, whatever the number of its replicas: so it can be applied again. What was changed since is left alone and is a failure, and so is one that something makes anew meanwhile.",
  class: "change",
  args: z.strictObject({
    cluster: KubernetesTarget,
    kind: ExportKind,
    name: ObjectName.describe("Name of the object."),
    keptIn: ReadPath.describe("The file on the host that `kubernetes.export` wrote."),
    waitMs: Milliseconds.default(120_000).describe("Longest time until it is gone."),
    allowAbsent: Flag.default(false).describe("True: an object that is not there is a success."),
  }),
  example: {
    cluster: EXAMPLE_NAMESPACE,
    kind: "deployment",
    name: "web",
    keptIn: "/var/backups/slackwater/web.before.json",
  },
  result: z.object({
    was_present: z.boolean().describe("False: it was not there, and `allowAbsent` says that this is good."),
    pods_left_count: count.describe("Pods of it that still hold their volumes; 0 when it has succeeded."),
    duration_ms: count,
  }),
  undo: "`kubernetes.apply` with the file.",
  afterCancel: "Perhaps an object that is on its way out: a retry waits for it. The file stays.",
  tools,
  secrets: [],
});

/** `kubernetes.top`. */
export const kubernetesTop = defineAction({
  name: "kubernetes.top",
  title: "Measure what pods use",
  about:
    "What the pods of a workload use at this moment, added up: processor and memory, as `kubectl top` shows it and without its rounding. A cluster that keeps no such figures (no metrics-server), or has none of these pods yet, is a result (`is_known` false), not a failure.",
  class: "observe",
  args: z.strictObject({ cluster: KubernetesTarget, workload: Workload }),
  example: { cluster: EXAMPLE_NAMESPACE, workload: { name: "web" } },
  result: z.object({
    is_known: z.boolean(),
    pods_count: count.describe("Pods of which there are figures."),
    cpu_cores: z.number().describe("Of all of them."),
    memory_bytes: count.describe("Of all of them."),
    largest_memory_bytes: count.describe("Of the one that uses most."),
    detail: z.string().describe("Why nothing is known."),
  }),
  tools,
  secrets: [],
  probe: { ok: "is_known", value: "memory_bytes" },
});
