import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ActionContext } from "../../../../agent/process/actionContext.ts";
import { createProgramRunner } from "../../../../agent/process/program.ts";
import { createSecretKeeper } from "../../../../agent/process/secretKeeper.ts";
import type { ProgramRecord, UndoHint } from "../../../../agent/process/spoolFiles.ts";
import { Failure } from "../../../../domain/failure.ts";
import { Instant } from "../../../../domain/time.ts";
import type { Progress } from "../../../../protocol/agent.ts";

// What actions keep for later goes to a folder of this test; they read this when they are loaded.
const keptDirectory = mkdtempSync(join(tmpdir(), "slackwater-kept-"));
process.env.SLACKWATER_KEPT_DIRECTORY = keptDirectory;
process.env.SLACKWATER_CACHE_DIRECTORY = keptDirectory;
process.once("exit", () => rmSync(keptDirectory, { recursive: true, force: true }));
const { ACTION_REGISTRY } = await import("../../../../agent/actions/registry.ts");

/** What an action did while it ran. */
export interface Bench {
  readonly context: ActionContext;
  readonly log: string[];
  readonly undo: UndoHint[];
  readonly progress: Progress[];
  readonly programs: ProgramRecord[];
  /** Runs an action of the real registry, with its arguments and result checked as the agent does. */
  run(action: string, args: object): Promise<Record<string, never>>;
  inspect(action: string, args: object): Promise<{ state: string; result?: unknown; found?: string }>;
  /** The failure that a run must end with. */
  fails(action: string, args: object): Promise<Failure>;
}

/** A context as a runner gives it, in this process: real programs, real secrets, and everything that is said kept for looking at. */
export function createBench(
  secrets: Readonly<Record<string, string>> = {},
  signal: AbortSignal = new AbortController().signal,
  allow: ActionContext["allow"] = (wanted) => Promise.resolve(wanted),
): Bench {
  const keeper = createSecretKeeper();
  const held = new Map(Object.entries(secrets).map(([name, text]) => [name, Buffer.from(text)]));
  for (const secret of held.values()) keeper.guard(secret);
  const log: string[] = [];
  const undo: UndoHint[] = [];
  const progress: Progress[] = [];
  const programs: ProgramRecord[] = [];
  const now = () => Instant.parse(Date.now());
  const { program, pipeline } = createProgramRunner({
    taskId: `bench/${process.pid}`,
    keeper,
    signal,
    graceMs: () => 2_000,
    patienceMs: () => 0,
    now,
    output: (_, bytes) => {
      log.push(bytes.toString("latin1"));
      return undefined;
    },
    onBegan: () => undefined,
    onEnded: (record) => void programs.push(record),
    onEnding: () => undefined,
  });
  const context: ActionContext = {
    program,
    pipeline,
    allow,
    progress: (one) => void progress.push(one),
    log: (line) => void log.push(keeper.clean(line)),
    secret(name) {
      const secret = held.get(name);
      if (!secret) throw new Failure("secretMissing", `The passphrase ${name} was not sealed for this run.`);
      return secret;
    },
    guard: keeper.guard,
    recordUndo: (hint) => void undo.push(hint),
    signal,
    now,
  };
  const find = (name: string) => {
    const action = ACTION_REGISTRY.get(name);
    if (!action) throw new Error(`there is no action ${name}`);
    return action;
  };
  const bench: Bench = {
    context,
    log,
    undo,
    progress,
    programs,
    run: async (name, args) => (await find(name).run(args, context)) as Record<string, never>,
    inspect: (name, args) => find(name).inspect(args, context),
    fails: async (name, args) => {
      const ended: unknown = await bench.run(name, args).then(
        (result) => new Error(`${name} went well: ${JSON.stringify(result)}`),
        (error: unknown) => error,
      );
      if (ended instanceof Failure) return ended;
      throw ended;
    },
  };
  return bench;
}

/** A folder of one's own under a path that other accounts may pass. */
export function makeRoom(): string {
  return mkdtempSync(join(tmpdir(), "slackwater-actions-"));
}
