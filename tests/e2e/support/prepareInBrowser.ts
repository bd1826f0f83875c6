import { expect } from "@playwright/test";
import { confirmAll } from "../../../scripts/demo/prepare.ts";
import { untilRun } from "../../../scripts/demo/watchRun.ts";
import { sealInBrowser } from "./actions.ts";
import { expectAccessible } from "./expectAccessible.ts";
import type { Prepared } from "./journey.ts";
import { openPage } from "./openPage.ts";
import { planInBrowser } from "./planWindow.ts";
import type { House } from "./startHouse.ts";

/** Longest that the programs on the host may measure (ms). */
const MEASURED_WITHIN_MS = 900_000;

/** Plans a window and prepares it as its people do: Olga plans and measures, she and Anna seal the passphrases, questions are answered. */
export async function prepareInBrowser(house: House, title: string, volume: string): Promise<Prepared> {
  const { olga, anna, sara } = house.people;
  const planned = await planInBrowser(olga.page, house, title, volume);
  const { windowId, runId } = planned;
  const passphrases = new Map<string, string>();

  await untilRun(
    olga.client,
    runId,
    "The host's key for this run",
    ({ secrets }) => secrets.every(({ recipient }) => recipient !== null),
    60_000,
  );
  await openPage(olga.page, `/windows/${windowId}/prepare`);
  passphrases.set("operational", await sealInBrowser(olga.page, "Operational passphrase (key slot 0)"));
  passphrases.set("backup", await sealInBrowser(olga.page, "Passphrase of the backups"));
  await openPage(anna.page, `/windows/${windowId}/prepare`);
  passphrases.set("recovery", await sealInBrowser(anna.page, "Recovery passphrase (key slot 1)"));

  await olga.page.getByRole("button", { name: /^Measure \d+ open items$/ }).click();
  await untilRun(
    olga.client,
    runId,
    "Measuring",
    ({ checklist }) => checklist.every(({ items }) => items.every((item) => !item.measurable || item.state === "done")),
    MEASURED_WITHIN_MS,
  );
  // The page is told a moment after the API answers; a person reads that nothing is measured any more.
  await expect(olga.page.getByText("being measured")).toHaveCount(0);
  // By keyboard, which is left where it was although the item is done now and belongs among the others.
  await olga.page.getByRole("button", { name: "Answer: Both key holders can be reached" }).press("Enter");
  const dialog = olga.page.getByRole("dialog");
  await dialog.getByLabel("Yes").press("Space");
  await dialog.getByLabel("How do you know").fill("Both are on call tonight.");
  await dialog.getByRole("button", { name: "Record the answer" }).press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(olga.page.getByRole("button", { name: "Change: Both key holders can be reached" })).toBeFocused();
  // The other questions are the same dialog again.
  await confirmAll({ operator: olga.client, approver: anna.client, support: sara.client }, runId);
  await expectAccessible(olga.page, "prepare");
  return { ...planned, volume, passphrases };
}
