import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expectNone, findTroubles } from "./troubles.ts";

/**
 * Holds a page, just as it stands, against axe in the light and in the dark theme. With PICTURES (a folder) in the environment it
 * keeps a picture of each.
 */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  const { PICTURES } = process.env;
  const troubles: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    troubles.push(...(await findTroubles(page, `${name}, ${colorScheme}`)));
    if (PICTURES) await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: "light" });
  expectNone(troubles, name);
}
