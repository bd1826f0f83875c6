import { test as base } from "@playwright/test";
import type { House } from "./startHouse.ts";
import { startHouse } from "./startHouse.ts";

/** How long everything may take to start (ms): a guest with a database is made anew. */
const START_WITHIN_MS = 240_000;

/** A test in the house: started once, by the first test that wants it, and shared by those after it. */
export const test = base.extend<object, { house: House }>({
  house: [
    async ({ browser }, use) => {
      const house = await startHouse(browser, (line) => console.log(line));
      await use(house);
      await house.end();
    },
    { scope: "worker", timeout: START_WITHIN_MS },
  ],
});
export { expect } from "@playwright/test";
