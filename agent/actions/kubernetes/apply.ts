import type { z } from "zod";
import { kubernetesApply } from "../../../domain/action/kubernetes.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { Applied } from "../../tools/kubectl.ts";
import { applyCall, parseApplied } from "../../tools/kubectl.ts";
import type { Action, PlannedCall } from "../action.ts";
import type { Manifest } from "./manifest.ts";
import { readManifest } from "./manifest.ts";

type Args = z.output<typeof kubernetesApply.args>;
type Result = z.output<typeof kubernetesApply.result>;

/** `kubernetes.apply`: tried as a whole by the API server, then applied. */
export const kubernetesApplyAction: Action<typeof kubernetesApply.args, typeof kubernetesApply.result> = {
  spec: kubernetesApply,
  plan: (args) => [
    {
      kind: "note",
      text:
        args.file === ""
          ? `on standard input: ${args.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(", ")}`
          : `on standard input: the objects of ${args.file}, each of a kind that may be applied and of this namespace`,
    },
    program(args, "dryRun"),
    { kind: "note", text: "and only if that would be taken as a whole:" },
    program(args, "apply"),
  ],
  run: async (args, context) => {
    const manifest = await readManifest(args);
    const tried = await send(args, manifest, "dryRun", context);
    recordUndo(args, tried, context);
    return describe(manifest, await send(args, manifest, "apply", context));
  },
  // What the API server would change nothing of is there; all else is applied again, which is harmless.
  inspect: async (args, context) => {
    const manifest = await readManifest(args);
    const tried = await send(args, manifest, "dryRun", context);
    const rest = tried.filter(({ outcome }) => outcome !== "unchanged");
    if (rest.length === 0) return { state: "done", result: describe(manifest, tried) };
    return rest.length === tried.length
      ? { state: "notBegun" }
      : { state: "halfWay", found: `Not as they should be yet: ${rest.map(({ object }) => object).join(", ")}.` };
  },
};

const program = ({ cluster }: Args, how: "dryRun" | "apply"): PlannedCall => {
  const { file, args } = applyCall(cluster, how);
  return { kind: "program", file, args, fillIn: "with the objects on standard input" };
};

async function send(
  { cluster }: Args,
  manifest: Manifest,
  how: "dryRun" | "apply",
  context: ActionContext,
): Promise<readonly Applied[]> {
  const { stdout } = await context.program({ ...applyCall(cluster, how), input: manifest.bytes });
  const applied = parseApplied(stdout.toString());
  if (applied.length === manifest.objects.length) return applied;
  throw new Failure(
    "outputUnreadable",
    `kubectl told of ${applied.length} objects, and ${manifest.objects.length} were given to it.`,
  );
}

/** The longest text that a fact of an undo hint may have. */
const LONGEST_FACT = 4000;

/** What a person would have to remove or to put back; what was there before is kept by `kubernetes.export`, which a runbook does first. */
function recordUndo({ cluster }: Args, tried: readonly Applied[], context: ActionContext): void {
  const named = (wanted: Applied["outcome"]) =>
    tried.flatMap(({ object, outcome }) => (outcome === wanted ? [object] : [])).join(" ");
  const [created, configured] = [named("created"), named("configured")];
  if (created === "" && configured === "") return;
  context.recordUndo({
    kind: "manifestApplied",
    facts: {
      namespace: cluster.namespace,
      created: created.slice(0, LONGEST_FACT),
      configured: configured.slice(0, LONGEST_FACT),
    },
  });
}

function describe(manifest: Manifest, applied: readonly Applied[]): Result {
  const counted = (wanted: Applied["outcome"]) => applied.filter(({ outcome }) => outcome === wanted).length;
  return {
    objects: applied.map(({ object, outcome }) => `${object} ${outcome}`),
    objects_count: applied.length,
    created_count: counted("created"),
    configured_count: counted("configured"),
    unchanged_count: counted("unchanged"),
    sha256: manifest.sha256,
  };
}
