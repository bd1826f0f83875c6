import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

/** `desktop`: a desk on a good line. `mobile`: a telephone, four times slower than this machine, on a slow line. */
export const PRESETS = ["desktop", "mobile"] as const;
export type Preset = (typeof PRESETS)[number];

/** Of a hundred. */
export interface Scores {
  readonly performance: number;
  readonly accessibility: number;
  readonly bestPractices: number;
}

const Category = z.object({
  score: z.number(),
  auditRefs: z.array(z.object({ id: z.string(), weight: z.number() })),
});
const Report = z.object({
  finalDisplayedUrl: z.string(),
  environment: z.object({ benchmarkIndex: z.number() }),
  runtimeError: z.object({ code: z.string(), message: z.string() }).optional(),
  categories: z.object({ performance: Category, accessibility: Category, "best-practices": Category }),
  audits: z.record(
    z.string(),
    z.object({
      title: z.string(),
      score: z.number().nullable(),
      numericValue: z.number().optional(),
      details: z.unknown().optional(),
    }),
  ),
});

const PROGRAM = path.join(import.meta.dirname, "node_modules", "lighthouse", "cli", "index.js");
/** What a visit found. */
export interface Visited {
  readonly scores: Scores;
  /** What cost points of accessibility or best practices. */
  readonly faults: readonly string[];
  /** How quick this machine was during the visit, by Lighthouse's own measure; half of it means that it did other things too. */
  readonly machineIndex: number;
  readonly blockingMs: number | undefined;
}

/** Longer than any page takes, even on a machine that does other things too. */
const GIVE_UP_MS = 180_000;

/** Fetches Lighthouse as this folder's lock says, once. Throws with npm's words when that fails. */
export function installLighthouse(): void {
  if (existsSync(PROGRAM)) return;
  const installed = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  if (installed.status !== 0) throw new Error(`Lighthouse could not be installed: ${installed.stderr}`);
}

/** One visit of Lighthouse to a page, in a browser that is open and signed in. */
export async function runLighthouse(url: string, preset: Preset, port: number): Promise<Visited> {
  const words = [
    ...[PROGRAM, url, `--port=${port}`, "--quiet", "--output=json", "--output-path=stdout"],
    "--only-categories=performance,accessibility,best-practices",
    ...(preset === "desktop" ? ["--preset=desktop"] : []),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, words, {
    maxBuffer: 64 * 2 ** 20,
    timeout: GIVE_UP_MS,
  });
  const { finalDisplayedUrl, runtimeError, categories, audits, environment } = Report.parse(JSON.parse(stdout));
  if (runtimeError) throw new Error(`Lighthouse failed on ${url}: ${runtimeError.message}`);
  // A page that sent its reader elsewhere would be measured under a wrong name.
  if (finalDisplayedUrl !== url) throw new Error(`${url} led to ${finalDisplayedUrl}`);
  const strict = [categories.accessibility, categories["best-practices"]];
  const faults = strict.flatMap(({ auditRefs }) =>
    auditRefs.flatMap(({ id, weight }) => {
      const audit = audits[id];
      const isFault = weight > 0 && audit && audit.score !== null && audit.score < 1;
      return isFault ? [`${id} (${audit.title}): ${JSON.stringify(audit.details ?? {}).slice(0, 600)}`] : [];
    }),
  );
  const of100 = (score: number): number => Math.round(score * 100);
  return {
    scores: {
      performance: of100(categories.performance.score),
      accessibility: of100(categories.accessibility.score),
      bestPractices: of100(categories["best-practices"].score),
    },
    faults,
    machineIndex: environment.benchmarkIndex,
    blockingMs: audits["total-blocking-time"]?.numericValue,
  };
}
