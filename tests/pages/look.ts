/**
 * Looks at every page of a window in a real browser, on a real server with a host that only plays, in light and dark, wide and on a
 * phone; holds each view against axe, sideways scrolling and errors in the console. The tree has to be built (npm run build).
 *   node tests/pages/look.ts [folder for the pictures] [scene …]
 * Ends with 1 when any of them found something, and ends everything it started.
 */
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { chromium } from "@playwright/test";
import { demoPerson } from "../../scripts/demo/people.ts";
import { SCENES } from "./scenes.ts";
import { openStage } from "./stage.ts";

const [folder, ...wanted] = process.argv.slice(2);
const pictures = folder ?? (await mkdtemp(path.join(tmpdir(), "pages-")));
const SIZES = [
  { name: "1440", width: 1440, height: 1000 },
  { name: "390", width: 390, height: 844 },
] as const;
const problems: string[] = [];

/** Opens a page as a person, in each size and theme, and takes its picture. */
export type Look = (
  name: string,
  as: "ada" | "olga" | "oren" | "anna" | "aron" | "sara" | "vera",
  address: string,
  act?: (page: Page) => Promise<void>,
) => Promise<void>;

const EMAILS = {
  ada: demoPerson("admin").email,
  olga: demoPerson("operator").email,
  oren: demoPerson("operator", 1).email,
  anna: demoPerson("approver").email,
  aron: demoPerson("approver", 1).email,
  sara: demoPerson("support").email,
  vera: demoPerson("viewer").email,
} as const;

await mkdir(pictures, { recursive: true });
const stage = await openStage();
try {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });
  try {
    const look = looker(browser);
    for (const [name, play] of Object.entries(SCENES)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      await play(stage, look).catch((error: unknown) => problems.push(`scene ${name}: ${String(error)}`));
    }
  } finally {
    await browser.close();
  }
} finally {
  await stage.close();
}
for (const problem of problems) console.error(problem);
console.log(`pages: pictures=${pictures} problems=${problems.length}`);
process.exitCode = problems.length === 0 ? 0 : 1;

function looker(browser: Browser): Look {
  const cookies = new Map<string, { name: string; value: string }>();
  return async (name, as, address, act) => {
    const cookie = cookies.get(as) ?? (await stage.cookieOf(EMAILS[as]));
    cookies.set(as, cookie);
    for (const colorScheme of ["light", "dark"] as const) {
      for (const { name: size, width, height } of SIZES) {
        const context = await browser.newContext({ colorScheme, viewport: { width, height }, reducedMotion: "reduce" });
        await context.addCookies([{ ...cookie, url: stage.url }]);
        const label = `${name}-${size}-${colorScheme}`;
        const page = await watched(context, label);
        await page.goto(`${stage.url}${address}`, { waitUntil: "load" });
        await page.waitForTimeout(1_500);
        await act?.(page);
        await hold(page, label);
        await context.close();
      }
    }
  };
}

async function watched(context: BrowserContext, label: string): Promise<Page> {
  const page = await context.newPage();
  page.on("console", (message) => {
    // On a page that lost the server on purpose, the browser notes each try.
    const isOurCut = label.includes("lost") && message.text().includes("ERR_INTERNET_DISCONNECTED");
    if (message.type() === "error" && !isOurCut) problems.push(`${label}: console: ${message.text()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`${label}: ${response.status()} ${response.url()}`);
  });
  page.on("pageerror", (error) => problems.push(`${label}: ${error.message}`));
  return page;
}

/** Holds one view against axe and against scrolling sideways, and takes its picture. */
async function hold(page: Page, label: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const violation of violations) {
    for (const node of violation.nodes)
      problems.push(`${label}: ${violation.id}: ${node.target.join(" ")}: ${node.failureSummary}`);
  }
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (overflow > 0) problems.push(`${label}: scrolls sideways by ${overflow} px`);
  await page.screenshot({ path: path.join(pictures, `${label}.png`) });
  if (!label.includes("dialog"))
    await page.screenshot({ path: path.join(pictures, `${label}-whole.png`), fullPage: true });
}
