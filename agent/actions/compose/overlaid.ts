import type { ComposeProject } from "../../../domain/action/compose.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { fileDigest } from "../backup/fileDigest.ts";
import { keptOverlays } from "./kept.ts";

/** A project with the files that count now: those of the order, and the overlays that are on. One that the order names itself is not given twice. */
export function withOverlays(project: ComposeProject, overlays: readonly string[]): ComposeProject {
  return { ...project, files: [...project.files, ...overlays.filter((path) => !project.files.includes(path))] };
}

/** The same by what was kept. Throws `expectationFailed` for an overlay that is no longer what was put on. */
export async function overlaid(project: ComposeProject, context: ActionContext): Promise<ComposeProject> {
  const overlays = await keptOverlays(project);
  for (const { path, sha256 } of overlays) {
    const now = await fileDigest(path, context);
    if (now === sha256) continue;
    throw new Failure(
      "expectationFailed",
      `${path} has changed since it was put on ${project.name}: its SHA-256 was ${sha256} and is ${now}. Take it off and put it on again.`,
    );
  }
  return withOverlays(
    project,
    overlays.map(({ path }) => path),
  );
}

/** What `plan` says of files that only a look at the host would tell. */
export const OVERLAYS_NOTE = { kind: "note", text: "and a further --file for each overlay that is on" } as const;
