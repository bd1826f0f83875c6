import type { Page } from "@playwright/test";

const EVERY_MS = 100;

/** Has a page note every percentage that its bar of a step shows, from now on. Answers a function that reads what was noted. */
export async function notePercentages(page: Page, stepTitle: string): Promise<() => Promise<readonly number[]>> {
  const noted = await page.evaluateHandle(
    ({ title, everyMs }) => {
      const seen = new Set<number>();
      setInterval(() => {
        for (const bar of document.querySelectorAll('[role="progressbar"][aria-valuenow]')) {
          if (bar.getAttribute("aria-label") === title) seen.add(Number(bar.getAttribute("aria-valuenow")));
        }
      }, everyMs);
      return seen;
    },
    { title: stepTitle, everyMs: EVERY_MS },
  );
  return () => noted.evaluate((seen) => [...seen]);
}
