/**
 * Builds the gallery, looks at it in a real browser, and saves pictures:
 *   node tests/gallery/shoot.ts [folder for the pictures]
 * Each page in light and dark, wide and on a phone, is held against axe, sideways scrolling and errors in the console.
 * Ends with 1 when any of them found something, and ends everything it started.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { chromium } from "@playwright/test";
import { exercise } from "./exercise.ts";

const gallery = import.meta.dirname;
const next = path.resolve(gallery, "../../node_modules/next/dist/bin/next");
const environment = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" as const };
const pictures = process.argv[2] ?? (await mkdtemp(path.join(tmpdir(), "gallery-")));
const SIZES = [
  { name: "1440", width: 1440, height: 1000 },
  { name: "390", width: 390, height: 844 },
] as const;
const PAGES = ["/", "/run", "/lost"] as const;
const problems: string[] = [];

/** A port that is free now. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

async function untilAnswered(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      await fetch(url);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`${url} did not answer within ten seconds`);
}

/** Holds one view against axe and against scrolling sideways, and takes its picture. */
async function look(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const violation of violations) {
    for (const node of violation.nodes)
      problems.push(`${name}: ${violation.id}: ${node.target.join(" ")}: ${node.failureSummary}`);
  }
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (overflow > 0) problems.push(`${name}: scrolls sideways by ${overflow} px`);
  await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: !name.includes("dialog") });
}

await mkdir(pictures, { recursive: true });
const built = spawnSync(process.execPath, [next, "build", gallery], { env: environment, encoding: "utf8" });
if (built.status !== 0) throw new Error(`the gallery did not build:\n${built.stdout}${built.stderr}`);
const port = await freePort();
const server = spawn(process.execPath, [next, "start", gallery, "--hostname", "127.0.0.1", "--port", String(port)], {
  env: environment,
  stdio: "ignore",
});
try {
  const origin = `http://127.0.0.1:${port}`;
  await untilAnswered(origin);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });
  try {
    const plain = await browser.newPage();
    problems.push(...(await exercise(plain, origin)));
    await plain.close();
    for (const colorScheme of ["light", "dark"] as const) {
      for (const { name: size, width, height } of SIZES) {
        const context = await browser.newContext({ colorScheme, viewport: { width, height }, reducedMotion: "reduce" });
        const page = await context.newPage();
        page.on("console", (message) => {
          if (message.type() === "error") problems.push(`${size} ${colorScheme}: console: ${message.text()}`);
        });
        page.on("pageerror", (error) => problems.push(`${size} ${colorScheme}: ${error.message}`));
        for (const address of PAGES) {
          const name = `${address === "/" ? "parts" : address.slice(1)}-${size}-${colorScheme}`;
          await page.goto(`${origin}${address}`, { waitUntil: "load" });
          await page.waitForTimeout(800);
          await look(page, name);
        }
        await page.goto(origin, { waitUntil: "load" });
        await page.getByRole("button", { name: "Roll back, ask for the name" }).click();
        await look(page, `dialog-name-${size}-${colorScheme}`);
        await page.keyboard.press("Escape");
        await page.keyboard.press("Control+k");
        await page.getByPlaceholder("What should happen?").waitFor();
        await look(page, `dialog-command-${size}-${colorScheme}`);
        await page.keyboard.press("Escape");
        await page.keyboard.press("?");
        await page.getByRole("heading", { name: "Keys" }).waitFor();
        await look(page, `dialog-keys-${size}-${colorScheme}`);
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: "Toast" }).click();
        await page.getByText("Waiting for pdx-db-1 to confirm").waitFor();
        await page.getByRole("button", { name: /Jonas Weber, menu/ }).click();
        await page.getByRole("button", { name: "Sign out" }).waitFor();
        await look(page, `dialog-menu-${size}-${colorScheme}`);
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: /source and age/ }).click();
        await page.getByText("pdx-db-1, df").waitFor();
        await look(page, `dialog-measured-${size}-${colorScheme}`);
        await context.close();
      }
    }
  } finally {
    await browser.close();
  }
} finally {
  server.kill("SIGTERM");
  await new Promise((resolve) => (server.exitCode === null ? server.once("exit", resolve) : resolve(undefined)));
  await rm(path.join(gallery, ".next"), { recursive: true, force: true });
}
for (const problem of problems) console.error(problem);
console.log(`gallery: pictures=${pictures} problems=${problems.length}`);
process.exitCode = problems.length === 0 ? 0 : 1;
