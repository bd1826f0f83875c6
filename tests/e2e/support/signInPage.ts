import type { Page } from "@playwright/test";
import { DEMO_PASSWORD } from "../../../scripts/demo/people.ts";
import { openPage } from "./openPage.ts";

/** Signs a person of the demo in through the sign-in page, as anybody does; the page is then at the start page. */
export async function signInPage(page: Page, person: { readonly email: string }): Promise<void> {
  await openPage(page, "/sign-in");
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(DEMO_PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL((to) => to.pathname === "/");
}
