import { expect, test } from "@playwright/test";
import { demoPerson } from "../../scripts/demo/people.ts";
import type { Stage } from "../pages/stage.ts";
import { openStage } from "../pages/stage.ts";
import { expectAccessible } from "./support/expectAccessible.ts";
import { openPage } from "./support/openPage.ts";
import { signInPage } from "./support/signInPage.ts";
import { addVirtualAuthenticator } from "./support/virtualAuthenticator.ts";

test.skip(process.env.SLACKWATER_NIGHTLY === undefined, "not in npm test's time: npm run test:nightly");

let stage: Stage;

test.beforeAll(async () => {
  stage = await openStage();
});
test.afterAll(async () => {
  await stage?.close();
});

test("an admin breaks the glass in the browser: one GO may be missing, and every page and the record say so, with the reason", async ({
  browser,
}) => {
  const scene = await stage.plan({ encryption: "luks2", title: "Encrypt orders-db at rest", runbook: "twoApprovers" });
  await scene.prepare();
  await scene.approve();
  const { stage: waiting } = await scene.read();
  expect(waiting).toBe("deciding");

  const context = await browser.newContext({ baseURL: stage.url, reducedMotion: "reduce" });
  const page = await context.newPage();
  await addVirtualAuthenticator(page);
  await signInPage(page, demoPerson("admin"));
  await openPage(page, "/account");
  await page.getByLabel("Add one that this device makes").fill("Ada's key");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("list", { name: "Your passkeys" }).getByText("Ada's key").waitFor();

  await openPage(page, `/windows/${scene.windowId}/decide`);
  const signIt = page.getByRole("button", { name: "Sign and break the glass" });
  await signIt.click();
  await expect(page.getByText("Write why somebody who decides can't be reached.")).toBeVisible();
  expect((await scene.read()).stage).toBe("deciding");
  const reason = "Aron's telephone is off since 23:10, and the old disk will not last the night.";
  await page.getByLabel("Reason").fill(reason);
  await expectAccessible(page, "break-glass");
  await signIt.click();

  const run = await scene.until(({ stage: now }) => now === "ready");
  const told = run.log.filter(({ text }) => text.includes("BROKE THE GLASS"));
  expect(told.map(({ text }) => text)).toEqual([
    `Ada Admin BROKE THE GLASS at ${run.gates.find(({ gateId }) => gateId === "go")?.title}, which counts with one GO fewer: ${reason}`,
  ]);
  for (const at of ["decide", "run", "report"]) {
    await openPage(page, `/windows/${scene.windowId}/${at}`);
    await expect(page.getByText(reason).first()).toBeVisible();
  }
  await context.close();
});
