import type { Page } from "@playwright/test";
import { expect } from "@playwright/test";
import { openPage } from "./openPage.ts";

/**
 * Makes a passphrase in its dialog: reads the words that are shown once, types back the three that are asked, says where it is kept.
 * Answers the passphrase.
 */
export async function sealInBrowser(page: Page, title: string): Promise<string> {
  await page
    .getByRole("button", { name: `Make and seal: ${title}` })
    .last()
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Make it" }).click();
  const shown = dialog.getByRole("list", { name: "The words" }).getByRole("listitem");
  await expect(shown).toHaveCount(8);
  const words = await shown.evaluateAll((items) => items.map((item) => item.lastElementChild?.textContent ?? ""));
  await dialog.getByRole("button", { name: "I have written them down" }).click();
  const asked = dialog.getByLabel(/^Word \d$/);
  await expect(asked).toHaveCount(3);
  await expect(dialog.getByText(words.join(" "))).toHaveCount(0);
  for (const field of await asked.all()) {
    const label = await field.evaluate((input) => (input as HTMLInputElement).labels?.[0]?.textContent ?? "");
    await field.fill(words[Number(label.replace(/\D/g, "")) - 1] ?? "");
  }
  await dialog.getByLabel("Where it is kept").fill("The red envelope in the safe.");
  await dialog.getByRole("button", { name: "Seal it" }).click();
  await expect(dialog).toHaveCount(0);
  return words.join(" ");
}

/** Signs a verdict on the Decide page, in the bar above the thumb, with the page's own passkey. */
export async function signOnPhone(page: Page, windowId: string, verdict: "GO" | "NO-GO"): Promise<void> {
  await openPage(page, `/windows/${windowId}/decide`);
  await page.getByRole("region", { name: "Sign" }).getByRole("button", { name: verdict, exact: true }).click();
  await expect(
    page
      .getByText(`You signed ${verdict}.`)
      .or(page.getByText(new RegExp(`(?<!NO-)${verdict} signed`)))
      .first(),
  ).toBeVisible();
}
