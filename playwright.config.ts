import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

// Debian's own Chromium; Playwright's download is used only where neither is there.
const systemBrowsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = process.env.CHROMIUM_PATH ?? systemBrowsers.find((path) => existsSync(path));

// No webServer: a file of tests starts the production build itself, on a free port, with the people and hosts that it needs.
// As in vitest.config.ts, a project is a suite: scripts/test/main.ts gives each a budget.
export default defineConfig({
  testMatch: "**/*.spec.ts",
  // One server and one browser are enough for two cores.
  workers: 1,
  projects: [
    {
      name: "browser",
      testDir: "tests/e2e",
      testIgnore: "journeys/**",
      outputDir: "test-results/browser",
      timeout: 120_000,
    },
    {
      name: "runbooks",
      testDir: "tests/e2e/journeys",
      outputDir: "test-results/runbooks",
      // Minutes on a quiet machine, a quarter of an hour on a slow one; the budget of the suite says how many.
      timeout: 1_800_000,
      // What a page shows next may wait for a program on an emulated host.
      expect: { timeout: 30_000 },
    },
  ],
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  use: {
    screenshot: "only-on-failure",
    trace: "off",
    actionTimeout: 20_000,
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        // Chromium's sandbox refuses to run as root.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
