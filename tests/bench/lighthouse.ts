import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { BrowserContext } from "@playwright/test";
import { chromium } from "@playwright/test";
import { demoPerson } from "../../scripts/demo/people.ts";
import type { Scene, Stage } from "../pages/stage.ts";
import { openStage } from "../pages/stage.ts";
import { freePort } from "../support/serverProcess.ts";
import type { Outcome } from "./figures.ts";
import { keepResults, median } from "./figures.ts";
import type { Preset, Scores, Visited } from "./lighthouse/runLighthouse.ts";
import { installLighthouse, PRESETS, runLighthouse } from "./lighthouse/runLighthouse.ts";

/**
 * Lighthouse on the production build, with a window whose copy is running. What is promised is promised for a desk (preset
 * `desktop`); a telephone of its `mobile` preset (a processor four times slower, a slow line) is measured and reported beside it.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 5);
/** DESKTOP_ONLY=1: the promised one alone, where there is no time for both. */
const WANTED: readonly Preset[] = process.env.DESKTOP_ONLY === "1" ? ["desktop"] : PRESETS;
const LEAST_PERFORMANCE = 90;

interface Visit {
  readonly name: string;
  readonly address: string;
  /** Whose session; nobody's where it is left out. */
  readonly person?: string;
}

interface Figures {
  readonly page: string;
  readonly preset: Preset;
  readonly median: Scores;
  readonly rounds: readonly Visited[];
}

export async function lighthouse(): Promise<Outcome> {
  installLighthouse();
  const stage = await openStage();
  const profile = await mkdtemp(path.join(tmpdir(), "slackwater-lighthouse-"));
  let browser: BrowserContext | undefined;
  try {
    const scene = await copying(stage);
    const port = await freePort();
    // Playwright only keeps the cookies: Lighthouse opens its own tab in the same browser.
    browser = await chromium.launchPersistentContext(profile, {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", `--remote-debugging-port=${port}`],
    });
    const figures: Figures[] = [];
    for (const visit of visits(scene)) {
      await browser.clearCookies();
      if (visit.person !== undefined) {
        await browser.addCookies([{ ...(await stage.cookieOf(visit.person)), url: stage.url }]);
      }
      for (const preset of WANTED) figures.push(await measure(visit, preset, stage.url + visit.address, port));
    }
    return outcome(figures);
  } finally {
    await browser?.close();
    await stage.close();
    await rm(profile, { recursive: true, force: true });
  }
}

/** A window in the middle of its copy: the Run page with everything on it. */
async function copying(stage: Stage): Promise<{ running: Scene; asked: Scene }> {
  const asked = await stage.plan({ encryption: "luks2", title: "Encrypt accounts-db at rest" });
  await asked.prepare();
  await asked.order(stage.people.olga, { order: "askApproval" });
  const running = await stage.plan({ encryption: "luks2", title: "Encrypt orders-db at rest" });
  await running.prepare();
  await running.approve();
  running.host.stage("files.copy", { kind: "stands", share: 0.61 });
  await running.start();
  await running.until((run) => run.steps.some((step) => step.id === "copy" && step.progress !== null));
  return { running, asked };
}

function visits({ running, asked }: { running: Scene; asked: Scene }): readonly Visit[] {
  const operator = demoPerson("operator", 1).email;
  const approver = demoPerson("approver").email;
  const all: readonly Visit[] = [
    { name: "sign-in", address: "/sign-in" },
    { name: "status", address: "/status" },
    { name: "windows", address: "/windows", person: operator },
    { name: "run", address: `/windows/${running.windowId}/run`, person: operator },
    { name: "decide", address: `/windows/${asked.windowId}/decide`, person: approver },
    { name: "prepare", address: `/windows/${asked.windowId}/prepare`, person: operator },
    { name: "hosts", address: "/hosts", person: operator },
  ];
  const wanted = process.env.PAGES?.split(",");
  const chosen = wanted ? all.filter(({ name }) => wanted.includes(name)) : all;
  if (chosen.length === 0) throw new Error(`PAGES: there are ${all.map(({ name }) => name).join(", ")}.`);
  return chosen;
}

async function measure(visit: Visit, preset: Preset, url: string, port: number): Promise<Figures> {
  const rounds: Visited[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await runLighthouse(url, preset, port));
  const middle = (of: keyof Scores) => median(rounds.map(({ scores }) => scores[of]));
  const figures: Figures = {
    page: visit.name,
    preset,
    median: {
      performance: middle("performance"),
      accessibility: middle("accessibility"),
      bestPractices: middle("bestPractices"),
    },
    rounds,
  };
  const { performance, accessibility, bestPractices } = figures.median;
  const blocked = rounds.map(({ blockingMs }) => Math.round(blockingMs ?? Number.NaN)).join(" ");
  console.log(
    `${visit.name}, ${preset}: performance ${performance}, accessibility ${accessibility}, best practices ${bestPractices}; blocked for ${blocked} ms`,
  );
  for (const fault of new Set(rounds.flatMap(({ faults }) => faults))) console.log(`  ${fault}`);
  return figures;
}

function outcome(figures: readonly Figures[]): Outcome {
  keepResults("lighthouse", { rounds: ROUNDS, figures });
  const least = (of: keyof Scores, preset?: Preset): number =>
    Math.min(...figures.filter((one) => !preset || one.preset === preset).map((one) => one.median[of]));
  const accessibility = least("accessibility");
  const bestPractices = least("bestPractices");
  const performance = least("performance", "desktop");
  const mobile = WANTED.includes("mobile") ? ` performance_mobile=${least("performance", "mobile")}` : "";
  return {
    line: `lighthouse: accessibility=${accessibility} best_practices=${bestPractices} performance=${performance}${mobile}`,
    limits: [
      { name: "accessibility", value: accessibility, least: 100 },
      { name: "best practices", value: bestPractices, least: 100 },
      { name: "performance", value: performance, least: LEAST_PERFORMANCE },
    ],
  };
}
