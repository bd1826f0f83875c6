import { z } from "zod";
import {
  AbsolutePath,
  Flag,
  Milliseconds,
  ProgramWord,
  ReadPathOrNone,
  TextList,
  WholeNumber,
  WritePath,
  WritePathOrNone,
} from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { KubernetesObject } from "./kubernetesManifest.ts";
import { ContainerInPod, ExportKind, KubernetesTarget, ObjectKind, ObjectName, Workload } from "./kubernetesTarget.ts";

const count = z.int().min(0);
const tools = { kubectl: "kubernetes-client" } as const;
const digest = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in hexadecimal");

/**
 * Writes one object into a file, without what the API server keeps about it, so that it can be applied again. A file that is there with
 * other contents is left alone and is a failure: it may be the only copy of an earlier state.
 */
export const kubernetesExport = defineAction({
  name: "kubernetes.export",
  title: "Keep the manifest of an object",
  class: "change",
  args: z.strictObject({ cluster: KubernetesTarget, kind: ExportKind, name: ObjectName, to: WritePath }),
  result: z.object({
    path: z.string(),
    size_bytes: count,
    /** Of the file; `kubernetes.apply` can ask for it. */
    sha256: z.string(),
    /** Of a deployment or a stateful set; 0 for other kinds. */
    replicas_count: count,
    /** Images of its containers. */
    images: z.array(z.string()),
  }),
  tools,
  secrets: [],
});

/**
 * Scales a workload. At 0 it waits until the pods are gone and not only told to go: a ReadWriteOnce claim is free only then. Pods of
 * another workload with the same labels are not counted.
 */
export const kubernetesScale = defineAction({
  name: "kubernetes.scale",
  title: "Scale a workload",
  class: "change",
  args: z.strictObject({
    cluster: KubernetesTarget,
    workload: Workload,
    replicas: WholeNumber.pipe(z.int().min(0).max(1000)),
    /** Longest time until as many pods are ready, or none is left. */
    waitMs: Milliseconds.default(120_000),
    /** True: a workload that is not there is a success when it is scaled to 0. */
    allowAbsent: Flag.default(false),
  }),
  result: z.object({
    is_present: z.boolean(),
    /** What it was before the last change that was made here; the number to go back to. */
    replicas_before_count: count,
    replicas_count: count,
    ready_count: count,
    /** Pods that still hold their volumes. */
    pods_left_count: count,
    duration_ms: count,
  }),
  tools,
  secrets: [],
  hasProgress: true,
});

/**
 * Applies objects: written in the runbook itself as YAML, or from a file on the host. The whole of it is tried first by the API server
 * (`--dry-run=server`), so that nothing is changed when a part of it would be refused.
 */
export const kubernetesApply = defineAction({
  name: "kubernetes.apply",
  title: "Apply a manifest",
  class: "change",
  args: z
    .strictObject({
      cluster: KubernetesTarget,
      /** Objects as they stand in a manifest. A template fills in one value and can't change the structure around it. */
      objects: z.array(KubernetesObject).max(50).default([]),
      /** A file with YAML documents or JSON, such as `kubernetes.export` writes; empty: `objects` are meant. */
      file: ReadPathOrNone.default(""),
      /** What the file must be, by its SHA-256; empty: any. */
      expectSha256: z.union([z.literal(""), digest]).default(""),
    })
    .superRefine(({ objects, file, expectSha256 }, context) => {
      const message = "either objects or a file are applied";
      if (objects.length > 0 === (file !== "")) context.addIssue({ code: "custom", path: ["objects"], message });
      if (file === "" && expectSha256 !== "")
        context.addIssue({ code: "custom", path: ["expectSha256"], message: "only a file has a digest to expect" });
    }),
  result: z.object({
    objects: z.array(z.string()),
    objects_count: count,
    created_count: count,
    configured_count: count,
    unchanged_count: count,
    /** Of the file, or of the objects as they were sent. */
    sha256: z.string(),
  }),
  tools,
  secrets: [],
});

/** Changes a part of one object, such as the selector of a service. What puts it back is part of the result. */
export const kubernetesPatch = defineAction({
  name: "kubernetes.patch",
  title: "Change a part of an object",
  class: "change",
  args: z.strictObject({
    cluster: KubernetesTarget,
    kind: ObjectKind,
    name: ObjectName,
    type: z.enum(["strategic", "merge"]).default("strategic"),
    /** The patch as YAML, or as JSON text where a value has to be `null` to be taken away. */
    patch: z.union([
      z.record(z.string().max(253), z.json()).refine((patch) => Object.keys(patch).length > 0, "a patch of something"),
      z.string().max(64_000).refine(isObjectText, "the JSON text of an object"),
    ]),
  }),
  result: z.object({
    changed: z.boolean(),
    /** JSON text of the merge patch that puts back what was there; empty where a list was changed, which no merge patch can put back. */
    reverse_patch: z.string(),
    generation: count,
  }),
  tools,
  secrets: [],
});

/** Whether a rollout has come to its end, waiting up to `waitMs` for it. One that has failed is told at once. */
export const kubernetesRolloutStatus = defineAction({
  name: "kubernetes.rolloutStatus",
  title: "Look how far a rollout is",
  class: "observe",
  args: z.strictObject({ cluster: KubernetesTarget, workload: Workload, waitMs: Milliseconds.default(0) }),
  result: z.object({
    is_complete: z.boolean(),
    /** It made no progress within its own deadline. */
    has_failed: z.boolean(),
    replicas_count: count,
    updated_count: count,
    ready_count: count,
    available_count: count,
    waited_ms: count,
    detail: z.string(),
  }),
  tools,
  secrets: [],
  probe: { ok: "is_complete", value: "available_count" },
});

/** Waits until an object has a condition, or is gone. That it has not within `waitMs` is a result. */
export const kubernetesWait = defineAction({
  name: "kubernetes.wait",
  title: "Wait for a condition",
  class: "observe",
  args: z.strictObject({
    cluster: KubernetesTarget,
    kind: ObjectKind,
    name: ObjectName,
    /** Name of a condition such as `Available`, upper and lower case alike, or `deleted`. */
    condition: z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,62}$/, "the name of a condition, or deleted"),
    status: z.enum(["True", "False", "Unknown"]).default("True"),
    waitMs: Milliseconds.default(120_000),
  }),
  result: z.object({
    is_met: z.boolean(),
    is_present: z.boolean(),
    /** Of the condition at the end; empty where it is not there. */
    status: z.string(),
    reason: z.string(),
    detail: z.string(),
    waited_ms: count,
  }),
  tools,
  secrets: [],
  probe: { ok: "is_met", value: "waited_ms" },
});

/** Runs a program in the newest ready pod of a workload, without a shell. */
export const kubernetesExec = defineAction({
  name: "kubernetes.exec",
  title: "Run a program in a pod",
  class: "change",
  args: z.strictObject({
    cluster: KubernetesTarget,
    workload: Workload,
    containerName: ContainerInPod.default(""),
    /** Program and arguments, one by one. */
    argv: z.array(ProgramWord).min(1).max(100),
    acceptExitCodes: z
      .array(WholeNumber.pipe(z.int().min(0).max(255)))
      .min(1)
      .max(20)
      .default([0]),
    timeoutMs: Milliseconds.default(60_000),
    /** True where it may simply be run again when nobody can tell how it ended. */
    repeatable: Flag.default(false),
  }),
  result: z.object({
    pod: z.string(),
    exit_code: count,
    /** The beginning of standard output, made safe to show, without the last line's end. */
    output: z.string(),
    /** The same as a number where it is one, else 0. */
    number: z.number(),
    duration_ms: count,
  }),
  tools,
  secrets: [],
});

/**
 * Copies one file into the newest ready pod of a workload, or out of it, and proves by SHA-256 on both sides that it is the same. It
 * gets its name only then: a half copy never lies where it is used.
 */
export const kubernetesCp = defineAction({
  name: "kubernetes.cp",
  title: "Copy a file into or out of a pod",
  class: "change",
  args: z
    .strictObject({
      cluster: KubernetesTarget,
      workload: Workload,
      containerName: ContainerInPod.default(""),
      /** Path inside of the container. */
      inPod: AbsolutePath,
      /** File on the host that is copied into the pod; empty: it is copied out. */
      fromFile: ReadPathOrNone.default(""),
      /** File on the host that is made from that in the pod; empty: it is copied in. */
      toFile: WritePathOrNone.default(""),
      timeoutMs: Milliseconds.default(600_000),
    })
    .superRefine(({ fromFile, toFile }, context) => {
      const message = "either fromFile is copied in, or toFile is copied out";
      if ((fromFile === "") === (toFile === "")) context.addIssue({ code: "custom", path: ["fromFile"], message });
    }),
  result: z.object({
    pod: z.string(),
    direction: z.enum(["in", "out"]),
    size_bytes: count,
    sha256: z.string(),
    duration_ms: count,
  }),
  tools: { ...tools, sha256sum: "coreutils" },
  secrets: [],
});

/** Counts errors in the last lines of the pods of a workload. */
export const kubernetesLogs = defineAction({
  name: "kubernetes.logs",
  title: "Look for errors in the log of pods",
  class: "observe",
  args: z.strictObject({
    cluster: KubernetesTarget,
    workload: Workload,
    containerName: ContainerInPod.default(""),
    /** How many of the last lines of each pod are looked at. */
    lines: WholeNumber.pipe(z.int().min(1).max(10_000)).default(100),
    /** Lines that hold one of these count as errors, upper and lower case alike. Plain text: an expression can run without end. */
    errors: TextList.default(["error"]),
    /** Lines that hold one of these don't count. */
    benign: TextList.default([]),
    /** So many errors are still good. */
    allowed: WholeNumber.pipe(z.int().min(0)).default(0),
  }),
  result: z.object({
    ok: z.boolean(),
    pods_count: count,
    lines_count: count,
    errors_count: count,
    /** The last five, made safe to show. */
    errors: z.array(z.string()),
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
