import type { z } from "zod";
import { composeOverlayOff, composeOverlayOn } from "../../../domain/action/compose.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { composeConfigCall } from "../../tools/compose.ts";
import type { Action } from "../action.ts";
import { fileDigest } from "../backup/fileDigest.ts";
import { checkFiles, findClient, plannedCompose } from "./client.ts";
import { keepOverlays, keptOverlays } from "./kept.ts";
import { withOverlays } from "./overlaid.ts";

type OnArgs = z.output<typeof composeOverlayOn.args>;
type OnResult = z.output<typeof composeOverlayOn.result>;
type OffArgs = z.output<typeof composeOverlayOff.args>;
type OffResult = z.output<typeof composeOverlayOff.result>;

/** `compose.overlayOn`: kept on the disk, once Compose can read the project with it. */
export const composeOverlayOnAction: Action<typeof composeOverlayOn.args, typeof composeOverlayOn.result> = {
  spec: composeOverlayOn,
  plan: ({ project, overlay }) => [
    ...plannedCompose((client) => composeConfigCall(client, withOverlays(project, [overlay]))),
    { kind: "note", text: `and only if that can be read: every later order for ${project.name} uses ${overlay} too` },
  ],
  run: putOn,
  inspect: async (args, context) => {
    const sha256 = await fileDigest(args.overlay, context);
    const isOn = (await keptOverlays(args.project)).some((one) => one.path === args.overlay && one.sha256 === sha256);
    return isOn ? { state: "done", result: await describeOn(args, sha256, false) } : { state: "notBegun" };
  },
};

async function putOn(args: OnArgs, context: ActionContext): Promise<OnResult> {
  const { project, overlay, expectSha256, allowUnset } = args;
  const sha256 = await fileDigest(overlay, context);
  if (expectSha256 !== "" && sha256 !== expectSha256) {
    throw new Failure("expectationFailed", `${overlay} has the SHA-256 ${sha256}, and ${expectSha256} was expected.`);
  }
  const before = await keptOverlays(project);
  const others = before.filter(({ path }) => path !== overlay);
  const files = [...others.map(({ path }) => path), overlay];
  await checkFiles(await findClient(context), withOverlays(project, files), { allowUnset, context });
  const isOn = before.some((one) => one.path === overlay && one.sha256 === sha256);
  if (!isOn) {
    context.recordUndo({ kind: "composeOverlay", facts: { project: project.name, overlay } });
    await keepOverlays(project, [...others, { path: overlay, sha256 }]);
  }
  return describeOn(args, sha256, !isOn);
}

async function describeOn({ project }: OnArgs, sha256: string, changed: boolean): Promise<OnResult> {
  return { changed, sha256, files: await filesOf(project) };
}

/** `compose.overlayOff`. */
export const composeOverlayOffAction: Action<typeof composeOverlayOff.args, typeof composeOverlayOff.result> = {
  spec: composeOverlayOff,
  plan: ({ project, overlay }) => [
    { kind: "note", text: `later orders for ${project.name} no longer use ${overlay}; the file stays` },
  ],
  run: async ({ project, overlay }: OffArgs): Promise<OffResult> => {
    const before = await keptOverlays(project);
    const left = before.filter(({ path }) => path !== overlay);
    if (left.length < before.length) await keepOverlays(project, left);
    return { changed: left.length < before.length, files: await filesOf(project) };
  },
  inspect: async ({ project, overlay }) => {
    const isOn = (await keptOverlays(project)).some(({ path }) => path === overlay);
    return isOn ? { state: "notBegun" } : { state: "done", result: { changed: false, files: await filesOf(project) } };
  },
};

async function filesOf(project: OnArgs["project"]): Promise<string[]> {
  const overlays = (await keptOverlays(project)).map(({ path }) => path);
  return [...withOverlays(project, overlays).files];
}
