import type { Digest, RunId } from "../../domain/ids.ts";
import { HostRole } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import type { ActionRegistry } from "../actions/action.ts";
import type { Compile } from "../approval/compileOnce.ts";
import type { AgentConfig } from "../config.ts";
import type { Ground } from "../policy/checkRole.ts";
import { replaceFile } from "../process/durableFile.ts";
import { loadWords } from "../words.ts";
import { packPaths } from "./packFiles.ts";
import type { PackStore } from "./packStore.ts";

/** Keeps the page of each pack as new as the pack. */
export interface PackPages {
  /** The pack of a run changed: its page is written soon, once for many changes. */
  renew(runId: RunId): void;
  /** Writes what is due now. */
  close(): Promise<void>;
}

export interface PackPagesOptions {
  readonly packs: PackStore;
  readonly directory: string;
  readonly actions: ActionRegistry;
  readonly config: AgentConfig;
  readonly ground: Ground;
  readonly fingerprint: Digest;
  readonly compile: Compile;
  readonly now: () => Instant;
  readonly log: (line: string) => void;
}

/** Events come in groups; each page costs a look at every path that the run's commands name. */
const PAUSE_MS = 300;

/** What makes a page, loaded with the first: an agent at rest has no run (docs/decisions/0018). */
async function pageMakers() {
  const [{ packPage }, { planOnHost }, { readRun }] = await Promise.all([
    import("./packPage.ts"),
    import("../control/planOnHost.ts"),
    import("./readRun.ts"),
  ]);
  return { packPage, planOnHost, readRun };
}

export function keepPackPages(options: PackPagesOptions): PackPages {
  const due = new Set<RunId>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const write = async (runId: RunId): Promise<void> => {
    const { packPage, planOnHost, readRun } = await pageMakers();
    const read = options.packs.read(runId);
    const run = read.ok ? await readRun(read.pack, options.compile) : read.problem;
    if (typeof run === "string") return options.log(`the page of the pack of run ${runId} is not written: ${run}`);
    const { plan, state } = run;
    const mine = Object.entries<(typeof state.hosts)[HostRole]>(state.hosts).flatMap(([role, { keyFingerprint }]) =>
      keyFingerprint === options.fingerprint ? [HostRole.parse(role)] : [],
    );
    const host = { actions: options.actions, config: options.config, ground: options.ground, now: options.now() };
    const planned = await Promise.all(mine.map((role) => planOnHost(plan, role, state.parameters, host)));
    const { folder, page } = packPaths(options.directory, runId);
    const text = packPage({
      ...{ run, planned: planned.flat(), folder, fingerprint: options.fingerprint },
      ...{ wordsOf: await loadWords(), now: host.now },
    });
    // The run may have ended while it was compiled.
    if (options.packs.runs().includes(runId)) replaceFile(page, text, { durable: true });
  };

  const writeDue = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const runs = [...due];
    due.clear();
    writing = writing.then(async () => {
      for (const runId of runs) {
        await write(runId).catch((error: unknown) => {
          options.log(`the page of the pack of run ${runId} could not be written: ${String(error)}`);
        });
      }
    });
    return writing;
  };

  return {
    renew(runId) {
      due.add(runId);
      timer ??= setTimeout(() => void writeDue(), PAUSE_MS);
    },
    close: writeDue,
  };
}
