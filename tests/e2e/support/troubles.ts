import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "@playwright/test";

/** What axe finds on a page as it stands, and whether the page scrolls sideways: one line each, none where all is well. */
export async function findTroubles(page: Page, name: string): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${name}: ${id}: ${node.target.join(" ")}: ${node.failureSummary}`),
  );
  const overPx = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return overPx > 0 ? [...found, `${name}: scrolls sideways by ${overPx} px`] : found;
}

/** Fails the test with what was noted, in the first line already: that is what a list of failures shows. */
export function expectNone(troubles: readonly string[], name: string): void {
  expect.soft(troubles, [name, ...troubles].join(" | ")).toEqual([]);
}

/** A page that is left while its socket is still being opened says so, as an error. On a slow machine tests leave pages as early as people do. */
const LEFT_EARLY = /WebSocket is closed before the connection is established/;

/**
 * Notes from now on whatever a page's scripts throw and whatever its browser reports as an error.
 * @param isMeant true for a report that the test itself brought about, by its text with the address that it is about
 */
export function noteFailures(
  page: Page,
  name: string,
  troubles: string[],
  isMeant: (text: string) => boolean = () => false,
): void {
  page.on("pageerror", (error) => {
    const text = `${error.name}: ${error.message}`;
    if (!isMeant(text)) troubles.push(`${name}: ${text}`);
  });
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    const text = `${message.text()} (${message.location().url})`;
    if (!LEFT_EARLY.test(text) && !isMeant(text)) troubles.push(`${name}: ${text}`);
  });
}
