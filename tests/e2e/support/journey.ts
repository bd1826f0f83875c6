import { test as base } from "@playwright/test";
import { prepareRun } from "../../../scripts/demo/prepare.ts";
import type { Planned } from "./planWindow.ts";
import { planOverApi } from "./planWindow.ts";
import { prepareInBrowser } from "./prepareInBrowser.ts";
import type { House } from "./startHouse.ts";
import { startHouse } from "./startHouse.ts";

/** How long everything may take to start (ms): a guest with a database is made anew. */
const START_WITHIN_MS = 600_000;
/** How long preparing a window may take (ms): nearly all of it is measured by programs on the guest. */
const PREPARE_WITHIN_MS = 1_200_000;

/** A planned and prepared window, with a volume of its own. */
export interface Prepared extends Planned {
  readonly volume: string;
  /** The passphrases by the name of their secret, as their holders wrote them down. */
  readonly passphrases: ReadonlyMap<string, string>;
}

/**
 * A test in the house, which is started once, by the first test that wants it. So is each window: what was asked there and answered
 * with NO-GO can be asked again, and preparing it once spares minutes.
 */
export const test = base.extend<object, { house: House; prepared: Prepared; spare: Prepared }>({
  house: [
    async ({ browser }, use) => {
      const house = await startHouse(browser, (line) => console.log(line));
      await use(house);
      await house.end();
    },
    { scope: "worker", timeout: START_WITHIN_MS },
  ],
  /** By its people, each in a browser of their own. */
  prepared: [
    async ({ house }, use) => use(await prepareInBrowser(house, "Encrypt the SuperSync database at rest", "supersync")),
    { scope: "worker", timeout: PREPARE_WITHIN_MS },
  ],
  /** Over the API, for a journey that is about something else. */
  spare: [
    async ({ house }, use) => {
      const { olga, anna, sara } = house.people;
      const volume = "supersync_back";
      const passphrases = new Map<string, string>();
      const planned = await planOverApi(house, "Encrypt it, on a bad disk", volume);
      const people = { operator: olga.client, approver: anna.client, support: sara.client };
      const writeDown = passphrases.set.bind(passphrases);
      await prepareRun({ ...people, writeDown }, planned.runId, () => undefined);
      await use({ ...planned, volume, passphrases });
    },
    { scope: "worker", timeout: PREPARE_WITHIN_MS },
  ],
});
export { expect } from "@playwright/test";
