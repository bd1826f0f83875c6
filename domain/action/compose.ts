import { z } from "zod";
import { Flag, Milliseconds, ReadPath } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { logWords } from "./logWords.ts";
import { role } from "./roles.ts";

const count = z.int().min(0);
const tools = { docker: "docker.io", "docker-compose": "docker-compose" } as const;

export const ComposeProject = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "the name of a Compose project")
      .meta(role("composeProject"))
      .describe("Name of the project, which stands for all of its containers."),
    directory: ReadPath.describe("Folder that relative paths in the files and the file `.env` are looked for in."),
    files: z.array(ReadPath).min(1).max(10).describe("Its files, in the order in which Compose puts them together."),
  })
  .meta({
    title: "Compose project",
    description:
      "The project. Its files are named one by one: those that Compose finds by itself depend on the folder and on variables that anybody may have changed since the approval. Overlays that `compose.overlayOn` has put on are added by the agent.",
  });
/** A Compose project: its name, its folder and its files. */
export type ComposeProject = z.infer<typeof ComposeProject>;

/** The project of the examples in the documentation. */
const EXAMPLE_PROJECT: z.input<typeof ComposeProject> = {
  name: "shop",
  directory: "/srv/shop",
  files: ["/srv/shop/compose.yaml"],
};

const services = z
  .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, "the name of a service"))
  .max(50)
  .default([])
  .describe("Services of the project; empty: all of them.");

const allowUnset = Flag.default(false).describe(
  "True: variables without a value are meant so. Otherwise they are refused, since Compose fills in nothing and `${DATA}:/data` then mounts the project's own folder.",
);

/** `compose.stop`. */
export const composeStop = defineAction({
  name: "compose.stop",
  title: "Stop a Compose project",
  about:
    "Stops services and keeps them stopped: the restart policy of each container is kept and set to `no` first, since Docker starts those with another one again when it is started itself. Proven by looking at the containers afterwards: one that still runs is a failure. Removes nothing. Services that are down already, or have no container, are a success. An overlay that has changed or is gone does not stand in the way: it then stops by the project's own files.",
  class: "change",
  args: z.strictObject({
    project: ComposeProject,
    services,
    graceMs: Milliseconds.default(60_000).describe(
      "How long each container may take to end by itself before it is killed, rounded up to whole seconds.",
    ),
  }),
  example: { project: EXAMPLE_PROJECT, services: ["web", "worker"], graceMs: 30_000 },
  result: z.object({
    containers_count: count,
    stopped_count: count.describe("Of these, how many ran."),
    is_down: z.boolean().describe("Looked at afterwards: none of them runs."),
    killed_count: count.describe("How many were killed, because they did not end by themselves (exit code 137)."),
    duration_ms: count,
  }),
  undo: "`compose.up` of the same services starts them again, and gives each container back the restart policy that it had.",
  afterCancel:
    "Some containers stopped and others not, each perhaps with the restart policy `no` already: a retry stops the rest, `compose.up` starts all and puts the policies back.",
  tools,
  secrets: [],
});

/** `compose.up`. */
export const composeUp = defineAction({
  name: "compose.up",
  title: "Start a Compose project",
  about:
    "Starts services, and waits until each container runs and is healthy by its own check, where it has one. Compose makes anew what is not as the files say, and leaves the rest alone. Restart policies that `compose.stop` kept are put back. Refuses files that Compose can't read, variables that are not set, and an overlay that has changed since it was put on. Never builds an image, and leaves containers alone that no file names any more.",
  class: "change",
  args: z.strictObject({
    project: ComposeProject,
    services,
    restart: z
      .enum(["asBefore", "no"])
      .default("asBefore")
      .describe(
        "`asBefore`: each container gets the restart policy back that `compose.stop` kept, a new one has that of the files. `no`: none starts by itself, as on a volume that has to be unlocked first; what `compose.stop` kept stays kept.",
      ),
    allowUnset,
    waitMs: Milliseconds.default(120_000).describe(
      "How long the containers may take, once they are started, until all of them are ready.",
    ),
  }),
  example: { project: EXAMPLE_PROJECT, services: ["web", "worker"], waitMs: 180_000 },
  result: z.object({
    is_ready: z.boolean().describe("Every container runs and is healthy; where one is not in time, the step fails."),
    containers_count: count,
    recreated: z.array(z.string()).describe("Names of the containers that were made, for the first time or anew."),
    files: z.array(z.string()).describe("The files that were used, overlays last."),
    duration_ms: count,
  }),
  undo: "`compose.stop` stops it again; a container that was made anew comes back as it was only by `compose.up` with the files from before, such as after `compose.overlayOff`.",
  afterCancel:
    "Some containers started or made anew and others not, and perhaps not all restart policies put back: a retry does the rest, `compose.stop` stops them.",
  tools,
  secrets: [],
});

/** `compose.overlayOn`. */
export const composeOverlayOn = defineAction({
  name: "compose.overlayOn",
  title: "Put an overlay on a Compose project",
  about:
    "Puts a further file on a project, which every later `compose.*` order for it then uses, in every run, until it is taken off. Starts nothing and changes no container: `compose.up` does. Kept by its path and its SHA-256: a later `compose.up` or `compose.logs` is refused when the file has changed since. Refuses an overlay with which Compose can't read the project, and variables that are not set. One that is on already is a success.",
  class: "change",
  args: z.strictObject({
    project: ComposeProject,
    overlay: ReadPath.describe("The further file. It goes behind the project's own and the overlays that are on."),
    expectSha256: z
      .union([z.literal(""), z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in hexadecimal")])
      .default("")
      .describe("What the overlay must be, by its SHA-256; empty: any."),
    allowUnset,
  }),
  example: { project: EXAMPLE_PROJECT, overlay: "/srv/shop/encrypted.yaml" },
  result: z.object({
    changed: z.boolean().describe("False where it was on already, with the same contents."),
    sha256: z.string().describe("Of the overlay."),
    files: z.array(z.string()).describe("The files that later orders use, overlays last."),
  }),
  undo: "`compose.overlayOff` with the same file takes it off; containers follow with the next `compose.up`.",
  afterCancel: "Perhaps the overlay on: `compose.overlayOff` takes it off.",
  tools,
  secrets: [],
});

/** `compose.overlayOff`. */
export const composeOverlayOff = defineAction({
  name: "compose.overlayOff",
  title: "Take an overlay off a Compose project",
  about:
    "Takes an overlay off again, so that later orders no longer use it. One that is not on is a success. The file stays, nothing is started, and containers stay as they are until `compose.up`. An overlay that `files` of the project names itself is still used.",
  class: "safe",
  args: z.strictObject({
    project: ComposeProject,
    overlay: ReadPath.describe("The file that `compose.overlayOn` was given."),
  }),
  example: { project: EXAMPLE_PROJECT, overlay: "/srv/shop/encrypted.yaml" },
  result: z.object({
    changed: z.boolean().describe("False where it was not on."),
    files: z.array(z.string()).describe("The files that later orders use, overlays last."),
  }),
  tools,
  secrets: [],
});

/** `compose.logs`. */
export const composeLogs = defineAction({
  name: "compose.logs",
  title: "Look for errors in the log of a Compose project",
  about:
    "Counts errors in the last lines of each container: lines that hold one of some words. The name that Compose gives the container stands before each line and is looked at too. More errors than allowed are a result (`ok` false), not a failure: the runbook judges. Refused when an overlay has changed since it was put on.",
  class: "observe",
  args: z.strictObject({
    project: ComposeProject,
    services,
    ...logWords("container"),
  }),
  example: { project: EXAMPLE_PROJECT, services: ["web"], lines: 500, benign: ["retrying connection"], allowed: 2 },
  result: z.object({
    ok: z.boolean().describe("There are no more errors than `allowed`."),
    lines_count: count,
    errors_count: count,
    errors: z.array(z.string()).describe("The last five, made safe to show."),
  }),
  tools,
  secrets: [],
  probe: { ok: "ok", value: "errors_count" },
});
