/** One part of `npm test`, with the share of the time that it may take on two cores. */
export interface SuiteSpec {
  readonly name: string;
  /** What it needs to be there; one sentence for the person who reads the output. */
  readonly about: string;
  readonly budgetMinutes: number;
  /** Its share in `npm run test:nightly`, where that is not four times the other. */
  readonly nightlyMinutes?: number;
  /** Which test files belong to it, by path from the root. An empty suite is said to be empty. */
  readonly owns: (path: string) => boolean;
  /** It works in guests, whose pace differs threefold between machines: its share is measured against theirs (guestPace.ts). */
  readonly inGuests?: true;
  /** Vitest and Playwright have a project of the suite's name. */
  readonly runner: "vitest" | "playwright" | "check";
}

const under = (folder: string, ending: string) => (path: string) => path.startsWith(folder) && path.endsWith(ending);

// The shares of the suites add up to 35 minutes on two cores; the checks before them have two more. A suite that needs more than its share is made quicker or cut,
// and only then is its share raised, here, by somebody who looked at the sum.
export const SUITES: readonly SuiteSpec[] = [
  {
    name: "check",
    about: "types, lint, import arrows, dead code, schema, lock, pages of actions, links",
    budgetMinutes: 2,
    owns: (path) => path === "scripts/check.ts",
    runner: "check",
  },
  {
    name: "unit",
    about: "meaning, wire and pure parts, beside their files; 20,000 random runs",
    budgetMinutes: 2.5,
    // A million random runs.
    nightlyMinutes: 120,
    owns: (path) => /\.test\.tsx?$/.test(path) && !path.startsWith("tests/"),
    runner: "vitest",
  },
  {
    name: "fuzz",
    about: "every parser at a door of agent and server, with hostile input",
    budgetMinutes: 1.5,
    nightlyMinutes: 150,
    owns: under("tests/fuzz/", ".test.ts"),
    runner: "vitest",
  },
  {
    name: "database",
    about: "real PostgreSQL",
    budgetMinutes: 4,
    owns: under("tests/db/", ".test.ts"),
    runner: "vitest",
  },
  {
    name: "tools",
    about: "real processes and real programs of the host",
    budgetMinutes: 7,
    owns: (path) => under("tests/agent/", ".test.ts")(path) || under("tests/house/", ".test.ts")(path),
    runner: "vitest",
  },
  {
    name: "guest",
    about: "real dm-crypt, in a guest kernel",
    budgetMinutes: 8,
    owns: under("tests/guest/", ".test.ts"),
    inGuests: true,
    runner: "vitest",
  },
  {
    name: "runbooks",
    about: "the shipped runbooks from the first step to the last, by people in Chromium, on a host with real dm-crypt",
    budgetMinutes: 8,
    owns: under("tests/e2e/journeys/", ".spec.ts"),
    inGuests: true,
    runner: "playwright",
  },
  {
    name: "browser",
    about: "single pages in Chromium on the production build",
    budgetMinutes: 4,
    owns: (path) => /^tests\/e2e\/[^/]+\.spec\.ts$/.test(path),
    runner: "playwright",
  },
];
