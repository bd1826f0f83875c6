import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { ActionRegistry } from "../../../../agent/actions/action.ts";
import { registered, registryOf } from "../../../../agent/actions/action.ts";
import type { ActionContext } from "../../../../agent/process/actionContext.ts";
import { ACTIONS } from "../../../../domain/action/catalog.ts";
import { defineAction } from "../../../../domain/action/defineAction.ts";
import { role } from "../../../../domain/action/roles.ts";

/** Small real programs behind small real actions: each does one thing that a test needs to see. */
const countProgram = fileURLToPath(new URL("../../../support/programs/countThenExit.sh", import.meta.url));
const base = { class: "observe", about: "For tests.", tools: {}, secrets: [] } as const;
const empty = z.object({});

async function appendRun(file: string, context: ActionContext): Promise<void> {
  appendFileSync(file, "began\n");
  await context.program({ file: "sleep", args: ["0.5"] });
  appendFileSync(file, "done\n");
}

/** What a name's real specification is, with a body that only writes down that it ran. */
function pretended(name: string, result: Record<string, unknown>, until?: (args: unknown) => Promise<void>) {
  const spec = ACTIONS.find((action) => action.name === name)!;
  return registered({
    spec: { ...spec, result: z.object({}).loose() },
    plan: () => [],
    run: async (args, context) => {
      context.log(`pretended ${name}`);
      await until?.(args);
      return result;
    },
    inspect: async () => ({ state: "notBegun" }),
  });
}

export const TEST_ACTIONS: ActionRegistry = registryOf([
  registered({
    // Numbers, one a line: whoever reads them can tell whether one is missing, doubled or out of place.
    spec: defineAction({
      ...base,
      name: "test.seq",
      title: "Count fast",
      args: z.strictObject({ to: z.int() }),
      result: empty,
    }),
    plan: ({ to }) => [{ kind: "program", file: "seq", args: [String(to)] }],
    run: async ({ to }, context) => {
      await context.program({ file: "seq", args: ["1", String(to)], captureBytes: 0 });
      return {};
    },
    inspect: async () => ({ state: "notBegun" }),
  }),
  registered({
    spec: defineAction({
      ...base,
      name: "test.count",
      title: "Count slowly, then exit",
      args: z.strictObject({ to: z.int(), everySeconds: z.number(), exitCode: z.int() }),
      result: empty,
    }),
    plan: () => [],
    run: async ({ to, everySeconds, exitCode }, context) => {
      for (let i = 0; i < 3; i += 1) context.progress({ done: i, total: 3, unit: "steps", item: `begin ${i}` });
      await context.program({ file: "bash", args: [countProgram, String(to), String(everySeconds), String(exitCode)] });
      return {};
    },
    inspect: async () => ({ state: "notBegun" }),
  }),
  registered({
    // Writes down each time that it really runs; can tell afterwards that it is done.
    spec: defineAction({
      ...base,
      name: "test.once",
      title: "Do something once",
      args: z.strictObject({ file: z.string().meta(role("writePath")) }),
      result: z.object({ lines: z.string() }),
    }),
    plan: () => [],
    run: async ({ file }, context) => {
      await appendRun(file, context);
      return { lines: readFileSync(file, "utf8") };
    },
    inspect: async ({ file }) => {
      const lines = existsSync(file) ? readFileSync(file, "utf8") : "";
      if (lines.includes("done")) return { state: "done", result: { lines } };
      return lines === "" ? { state: "notBegun" } : { state: "halfWay", found: "It had begun." };
    },
  }),
  registered({
    spec: defineAction({
      ...base,
      name: "test.secret",
      title: "Open a secret",
      args: z.strictObject({ secret: z.string() }),
      result: z.object({ sha256: z.string() }),
      secretArgs: ["secret"],
    }),
    plan: () => [],
    run: async ({ secret }, context) => {
      const opened = context.secret(secret);
      const sha256 = createHash("sha256").update(opened).digest("hex");
      await context.program({ file: "cat", args: [], input: Buffer.from(opened) });
      return { sha256 };
    },
    inspect: async () => ({ state: "notBegun" }),
  }),
  registered({
    spec: defineAction({
      ...base,
      name: "test.lookAt",
      title: "Is a file there?",
      args: z.strictObject({ file: z.string().meta(role("readPath")), slowMs: z.int().default(0) }),
      result: z.object({ ok: z.boolean(), size: z.number(), detail: z.string() }),
      needsDatabase: true,
      probe: { ok: "ok", value: "size" },
    }),
    plan: () => [],
    run: async ({ file, slowMs }, context) => {
      await sleep(slowMs, undefined, { signal: context.signal });
      const size = existsSync(file) ? readFileSync(file).length : 0;
      return { ok: size > 0, size, detail: `${size} bytes` };
    },
    inspect: async () => ({ state: "notBegun" }),
  }),
  pretended("files.copy", { files_source: 7, files_target: 7 }),
  pretended("files.manifest", { files_count: 7 }),
  // Lasts until the test lets it end: a file called "go" in the source.
  pretended("files.verify", {}, async (args) => {
    const { from } = z.object({ from: z.string() }).parse(args);
    while (!existsSync(join(from, "go"))) await sleep(50);
  }),
  pretended("postgres.stop", {}),
  pretended("postgres.start", {}),
]);
