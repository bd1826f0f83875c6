import { z } from "zod";
import { Flag, Milliseconds, ReadPath, TextList, WholeNumber } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { role } from "./roles.ts";

const count = z.int().min(0);
const tools = { docker: "docker.io", "docker-compose": "docker-compose" } as const;

/**
 * A Compose project. Its files are named one by one: those that Compose finds by itself depend on the folder and on variables that
 * anybody may have changed since the approval. Overlays that `compose.overlayOn` has put on are added by the agent.
 */
export const ComposeProject = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "the name of a Compose project")
    .meta(role("composeProject")),
  /** Folder that relative paths in the files and the file `.env` are looked for in. */
  directory: ReadPath,
  files: z.array(ReadPath).min(1).max(10),
});
/** A Compose project: its name, its folder and its files. */
export type ComposeProject = z.infer<typeof ComposeProject>;

/** Services of the project; none: all of them. */
const services = z
  .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, "the name of a service"))
  .max(50)
  .default([]);

/**
 * Variables without a value are filled in as nothing, and `${DATA}:/data` then mounts the project's own folder. So that is refused,
 * unless the runbook says that the files are meant so.
 */
const allowUnset = Flag.default(false);

/**
 * Stops services and keeps them stopped: the restart policy of each container is kept and set to `no` first, since Docker starts those with
 * another one again when it is started itself. Proven by looking at the containers afterwards.
 */
export const composeStop = defineAction({
  name: "compose.stop",
  title: "Stop a Compose project",
  class: "change",
  args: z.strictObject({
    project: ComposeProject,
    services,
    /** How long each container may take after TERM before it is killed. */
    graceMs: Milliseconds.default(60_000),
  }),
  result: z.object({
    containers_count: count,
    /** Of these, how many ran. */
    stopped_count: count,
    /** Looked at afterwards: none of them runs. */
    is_down: z.boolean(),
    /** How many were killed, because they did not end by themselves (exit code 137). */
    killed_count: count,
    duration_ms: count,
  }),
  tools,
  secrets: [],
});

/**
 * Starts services, and waits until each container runs and is healthy by its own check, where it has one. Restart policies that
 * `compose.stop` kept are put back, unless they shall stay `no`: on a volume that has to be unlocked nothing may start by itself.
 */
export const composeUp = defineAction({
  name: "compose.up",
  title: "Start a Compose project",
  class: "change",
  args: z.strictObject({
    project: ComposeProject,
    services,
    restart: z.enum(["asBefore", "no"]).default("asBefore"),
    allowUnset,
    waitMs: Milliseconds.default(120_000),
  }),
  result: z.object({
    is_ready: z.boolean(),
    containers_count: count,
    /** Names of those that were made anew. */
    recreated: z.array(z.string()),
    /** The files that were used, overlays last. */
    files: z.array(z.string()),
    duration_ms: count,
  }),
  tools,
  secrets: [],
});

/** Puts a further file on a project, which every later `compose.*` order for it then uses. Starts nothing. */
export const composeOverlayOn = defineAction({
  name: "compose.overlayOn",
  title: "Put an overlay on a Compose project",
  class: "change",
  args: z.strictObject({
    project: ComposeProject,
    overlay: ReadPath,
    /** What the overlay must be, by its SHA-256; empty: any. */
    expectSha256: z.union([z.literal(""), z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in hexadecimal")]).default(""),
    allowUnset,
  }),
  result: z.object({ changed: z.boolean(), sha256: z.string(), files: z.array(z.string()) }),
  tools,
  secrets: [],
});

/** Takes an overlay off again. One that is not on is a success. Starts nothing. */
export const composeOverlayOff = defineAction({
  name: "compose.overlayOff",
  title: "Take an overlay off a Compose project",
  class: "safe",
  args: z.strictObject({ project: ComposeProject, overlay: ReadPath }),
  result: z.object({ changed: z.boolean(), files: z.array(z.string()) }),
  tools,
  secrets: [],
});

/** Counts errors in the last lines of each container. */
export const composeLogs = defineAction({
  name: "compose.logs",
  title: "Look for errors in the log of a Compose project",
  class: "observe",
  args: z.strictObject({
    project: ComposeProject,
    services,
    /** How many of the last lines of each container are looked at. */
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
    lines_count: count,
    errors_count: count,
    /** The last five, made safe to show. */
    errors: z.array(z.string()),
  }),
  tools,
  secrets: [],
  probe: { ok: "ok", value: "errors_count" },
});
