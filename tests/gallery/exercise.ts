import type { Page } from "@playwright/test";

/** What an operator is promised about the keyboard and about dialogs; each check names its promise when it fails. */
export async function exercise(page: Page, origin: string): Promise<string[]> {
  const broken: string[] = [];
  const promise = (words: string, isKept: boolean): void => {
    if (!isKept) broken.push(`promise not kept: ${words}`);
  };
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? "");
  const said = (): Promise<string> =>
    page.evaluate(() => document.querySelector("[aria-live=polite]")?.textContent ?? "");

  await page.goto(origin, { waitUntil: "load" });
  await page.waitForTimeout(500);
  await page.keyboard.press("Tab");
  promise("the skip link comes first", (await focused()) === "Skip to the page");

  const opener = page.getByRole("button", { name: "Roll back, ask for the name" });
  await opener.focus();
  await page.keyboard.press("Enter");
  promise("the safe choice is focused first", (await focused()) === "Stay on the new side");
  const act = page.getByRole("button", { name: "Roll back, lose 214 rows" });
  promise("losing data is disabled until the name is typed", (await act.getAttribute("aria-disabled")) === "true");
  await page.keyboard.press("h");
  promise("no key orders anything while a dialog asks", (await said()) === "");
  await page.getByLabel("Type orders-db to roll back").fill("orders-d");
  await act.click({ force: true });
  promise("a wrong name does not do it", await act.isVisible());
  await page.getByLabel("Type orders-db to roll back").fill("orders-db");
  promise("the right name enables it", (await act.getAttribute("aria-disabled")) === null);
  await page.keyboard.press("Escape");
  promise("Escape closes the question", !(await act.isVisible()));
  await page.keyboard.press("Enter");
  promise(
    "the name is asked for each time anew",
    (await page.getByLabel("Type orders-db to roll back").inputValue()) === "",
  );
  await page.keyboard.press("Escape");
  promise("the focus returns to where it was", (await focused()) === "Roll back, ask for the name");

  await page.getByLabel("Title").focus();
  await page.keyboard.press("h");
  promise("typing in a field orders nothing", (await said()) === "");
  await opener.focus();
  await page.keyboard.press("h");
  await page.waitForTimeout(100);
  promise("H holds, and it is announced", (await said()) === "Hold ordered");

  await page.keyboard.press("?");
  await page.getByRole("switch", { name: "Single keys" }).click();
  await page.keyboard.press("Escape");
  await page.evaluate(() => document.querySelector("[aria-live=polite]")?.replaceChildren());
  await page.keyboard.press("h");
  promise("single keys can be turned off", (await said()) === "");
  await page.evaluate(() => window.localStorage.clear());

  await page.getByRole("button", { name: /Jonas Weber, menu/ }).click();
  await page.getByText("Dark", { exact: true }).click();
  const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await ground();
  await page.waitForTimeout(100);
  await page.reload({ waitUntil: "commit" });
  await page.waitForSelector("main");
  promise("the chosen theme is there from the first byte", (await ground()) === dark && dark === "rgb(11, 14, 17)");
  await page.context().clearCookies();

  await page.goto(origin, { waitUntil: "load" });
  await page.waitForTimeout(500);
  await page.keyboard.press("g");
  await page.keyboard.press("w");
  await page.waitForURL("**/windows");
  return broken;
}
