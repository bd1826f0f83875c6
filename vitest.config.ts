import { configDefaults, defineConfig } from "vitest/config";

const everywhere = [...configDefaults.exclude, "**/.next/**", "**/.slackwater/**", "generated/**"];

/**
 * One project per suite, so that `vitest run --project unit` is a suite and scripts/test/main.ts can give each a budget.
 * Pure tests stand beside their file; whatever needs a database, a process or a guest stands under tests/<suite>/.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["**/*.test.ts", "**/*.test.tsx"],
          exclude: [...everywhere, "tests/**"],
          testTimeout: 10_000,
        },
      },
      {
        test: {
          name: "fuzz",
          include: ["tests/fuzz/**/*.test.ts"],
          exclude: everywhere,
        },
      },
      {
        test: {
          name: "database",
          include: ["tests/db/**/*.test.ts"],
          exclude: everywhere,
          globalSetup: ["tests/support/embeddedServer.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "tools",
          include: ["tests/agent/**/*.test.ts", "tests/house/**/*.test.ts"],
          exclude: everywhere,
          globalSetup: ["tests/support/embeddedServer.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "guest",
          include: ["tests/guest/**/*.test.ts"],
          exclude: everywhere,
          // Twice what the longest took on a slow machine (265 s); the budget of the suite is the limit that is meant to be felt.
          testTimeout: 600_000,
          hookTimeout: 600_000,
          // One look into a guest takes up to two seconds on a slow machine.
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
    // Two cores: more workers than that only make each test slower, and time-outs less true.
    maxWorkers: 2,
  },
});
