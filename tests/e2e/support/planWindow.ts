import type { Page } from "@playwright/test";
import { expect } from "@playwright/test";
import { openPage } from "./openPage.ts";
import type { House } from "./startHouse.ts";

/** A zone without summer time, so that no night of the year has an hour twice, and half an hour off all others. */
export const ZONE = "Asia/Kolkata";

/** A planned window and its run. */
export interface Planned {
  readonly windowId: string;
  readonly runId: string;
}

/** Plans a window in the browser: every field of the form by hand, with the sample's parameters; from a minute ago, for two hours. */
export async function planInBrowser(page: Page, house: House, title: string, volume: string): Promise<Planned> {
  await openPage(page, "/windows/new");
  await page.getByLabel("Runbook").selectOption(house.runbookDigest);
  await expect(page.locator('[name="hosts.db"]')).toHaveValue(house.hostId);
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Service", { exact: true }).selectOption(house.serviceId);
  await page.getByLabel("Zone").fill(ZONE);
  const start = clockOf(Date.now() - 60_000);
  const end = clockOf(Date.now() + 2 * 3_600_000);
  await page.getByLabel("Starts on").fill(start.date);
  await page.getByLabel("at", { exact: true }).first().fill(start.time);
  await page.getByLabel("Ends on").fill(end.date);
  await page.getByLabel("at", { exact: true }).last().fill(end.time);
  for (const [name, value] of Object.entries(await house.parameters(volume))) {
    const field = page.locator(`[name="parameters.${name}"]`);
    const isList = (await field.evaluate((element) => element.tagName)) === "SELECT";
    await (isList ? field.selectOption(String(value)) : field.fill(String(value)));
  }
  const created = page.waitForResponse(
    (one) => one.url().endsWith("/api/windows") && one.request().method() === "POST",
  );
  await page.getByRole("button", { name: "Plan the window" }).click();
  const planned: Planned = await (await created).json();
  await page.waitForURL(`**/windows/${planned.windowId}/prepare`);
  return planned;
}

/** Day and time of an instant on the clocks of the zone, as the form takes them. */
function clockOf(atMs: number): { date: string; time: string } {
  const text = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short", timeStyle: "short" }).format(
    atMs,
  );
  const [date = "", time = ""] = text.split(" ");
  return { date, time };
}

/** Plans the same over the API, for journeys that are about something else. */
export async function planOverApi(house: House, title: string, volume: string): Promise<Planned> {
  return house.people.olga.client.post<Planned>("/api/windows", {
    title,
    serviceId: house.serviceId,
    type: "routine",
    startsAt: Date.now() - 60_000,
    endsAt: Date.now() + 2 * 3_600_000,
    zone: ZONE,
    runbookDigest: house.runbookDigest,
    parameters: await house.parameters(volume),
    hosts: { db: house.hostId },
  });
}
