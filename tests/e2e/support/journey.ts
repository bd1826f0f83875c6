import { test as base } from "@playwright/test";
import { prepareRun } from "../../../scripts/demo/prepare.ts";
import type { Planned } from "./planWindow.ts";
import { planOverApi } from "./planWindow.ts";
import type { House } from "./startHouse.ts";
import { startHouse } from "./startHouse.ts";

/** How long everything may take to start (ms): a guest with a database is made anew. */
const START_WITHIN_MS = 600_000;
/** How long preparing a window may take (ms): nearly all of it is measured by programs on the guest. */
const PREPARE_WITHIN_MS = 1_200_000;

/** A window that Olga planned over the API, with a volume of its own. */
export interface Prepared extends Planned {
  readonly volume: string;
}

/**
 * A test in the house: started once, by the first test that wants it, and shared by those after it. So is the prepared window: what
 * is asked there and answered with NO-GO can be asked again, and preparing it once spares a minute.
 */
export const test = base.extend<object, { house: House; prepared: Prepared }>({
  house: [
    async ({ browser }, use) => {
      const house = await startHouse(browser, (line) => console.log(line));
      await use(house);
      await house.end();
    },
    { scope: "worker", timeout: START_WITHIN_MS },
  ],
  prepared: [
    async ({ house }, use) => {
      const { olga, anna, sara } = house.people;
      const volume = "supersync_back";
      const planned = await planOverApi(house, "Encrypt it, on a bad disk", volume);
      const people = { operator: olga.client, approver: anna.client, support: sara.client };
      await prepareRun(people, planned.runId, () => undefined);
      await use({ ...planned, volume });
    },
    { scope: "worker", timeout: PREPARE_WITHIN_MS },
  ],
});
export { expect } from "@playwright/test";
