import type { Browser, Page } from "@playwright/test";
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

async function pageOf(browser: Browser, role: Parameters<typeof demoPerson>[0], index = 0): Promise<Page> {
  const context = await browser.newContext({ baseURL: stage.url, reducedMotion: "reduce" });
  const page = await context.newPage();
  await addVirtualAuthenticator(page);
  await signInPage(page, demoPerson(role, index));
  return page;
}

test("the room is polled, one signs in another's place and counts once, and a trigger is silenced by both, in the browser", async ({
  browser,
}) => {
  test.setTimeout(240_000);
  const scene = await stage.plan({ encryption: "luks2", title: "Encrypt orders-db at rest", runbook: "twoApprovers" });
  await scene.prepare();
  await scene.order(stage.people.olga, { order: "askApproval" });
  const decide = `/windows/${scene.windowId}/decide`;

  const oren = await pageOf(browser, "operator", 1);
  await openPage(oren, decide);
  await oren.getByText("Poll the room").click();
  await oren.getByRole("button", { name: "Ask the room" }).click();
  await oren.getByLabel("In a word, for operator").fill("The standby is level.");
  await oren.getByRole("button", { name: "Say GO for operator" }).click();
  await expect(oren.getByText("1 of 3 answered. Not yet: support, approver.")).toBeVisible();
  await expectAccessible(oren, "poll");

  const anna = await pageOf(browser, "approver");
  await openPage(anna, decide);
  await expect(anna.getByText("You have not answered.")).toBeVisible();
  await anna.getByText("I am away: somebody decides in my place").click();
  await anna.getByLabel("Who decides in your place").selectOption({ label: "Aron Approver" });
  await anna.getByLabel("Reason").fill("I'm on a plane until 06:00.");
  await anna.getByRole("button", { name: "Let them decide in my place" }).click();
  await expect(anna.getByRole("heading", { name: "You are away" })).toBeVisible();

  const aron = await pageOf(browser, "approver", 1);
  await openPage(aron, "/account");
  await aron.getByLabel("Add one that this device makes").fill("Aron's key");
  await aron.getByRole("button", { name: "Add a passkey" }).click();
  await aron.getByRole("list", { name: "Your passkeys" }).getByText("Aron's key").waitFor();
  await openPage(aron, decide);
  const signing = aron.getByRole("complementary", { name: "Decide" });
  await signing.getByLabel("You sign, and count once").selectOption({ label: "in place of Anna Approver" });
  await signing.getByRole("button", { name: "GO", exact: true }).click();
  const signed = await scene.until(({ gates }) => gates[0]?.decisions.length === 1);
  expect(signed.gates[0]?.decisions[0]).toMatchObject({ by: "Aron Approver", inPlaceOf: { name: "Anna Approver" } });
  expect(signed.stage).toBe("deciding");

  await anna.getByRole("button", { name: "Take it back" }).click();
  await scene.until(({ gates }) => gates[0]?.decisions[0]?.life === "void");
  await stage.people.anna.decide(scene.runId, "go", "GO", stage.passkeys.anna);
  await stage.people.aron.decide(scene.runId, "go", "GO", stage.passkeys.aron);
  scene.host.stage("files.copy", { kind: "stands", share: 0.61 });
  await scene.start();
  await scene.until((run) => run.currentStepId === "copy");

  await openPage(aron, `/windows/${scene.windowId}/run`);
  await aron
    .getByRole("button", { name: /^Silence it/ })
    .first()
    .click();
  await aron.getByLabel("Reason").fill("The nightly report, which is known.");
  await aron.getByRole("button", { name: "Sign the silence" }).click();
  const proposed = await scene.until(({ triggers }) => triggers.some(({ silence }) => silence.proposed.length === 1));
  expect(proposed.triggers.flatMap(({ silence }) => silence.proposed)).toMatchObject([
    { by: ["Aron Approver"], missing: 1, reason: "The nightly report, which is known." },
  ]);
  expect(proposed.triggers.every(({ silence }) => silence.inForce === null)).toBe(true);
  await expect(aron.getByText("1 more signature is needed")).toBeVisible();
});
