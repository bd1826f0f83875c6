import { agentPaths, mustRun } from "../../../scripts/demo/agentOnHost.ts";
import { prepareRun } from "../../../scripts/demo/prepare.ts";
import { proveFromOutside } from "../../../scripts/demo/proveRun.ts";
import { spoilCopy } from "../../../scripts/demo/sabotage.ts";
import { samplePaths } from "../../../scripts/demo/sample/sampleState.ts";
import { untilRun } from "../../../scripts/demo/watchRun.ts";
import { projectRoot } from "../../../scripts/projectFiles.ts";
import { signOnPhone } from "../support/actions.ts";
import { expect, test } from "../support/journey.ts";
import { openPage } from "../support/openPage.ts";
import { planOverApi } from "../support/planWindow.ts";

const COPY = "Copy the data directory onto the volume";
const VOLUME = "supersync_back";
const RUN_WITHIN_MS = 300_000;

test("a spoilt copy is found, the run goes back by itself, and the page says where the data is", async ({
  house,
}, info) => {
  test.skip(process.env.SLACKWATER_NIGHTLY === undefined, "runs in npm run test:nightly");
  test.setTimeout(12 * 60_000);
  const { olga, oren, anna, sara } = house.people;
  const { windowId, runId } = await planOverApi(house, "Encrypt it, on a bad disk", VOLUME);
  await prepareRun({ operator: olga.client, approver: anna.client, support: sara.client }, runId, () => undefined);
  await olga.client.order(runId, { order: "askApproval" });
  await signOnPhone(anna.page, windowId, "GO");

  await openPage(oren.page, `/windows/${windowId}/run`);
  await oren.page.getByRole("button", { name: "Start the run" }).click();
  await expect(oren.page.getByRole("progressbar", { name: COPY })).toBeVisible({ timeout: RUN_WITHIN_MS });
  await oren.page.getByRole("button", { name: "Hold" }).first().click();
  await untilRun(
    oren.client,
    runId,
    "The hold after the copy",
    ({ stage, steps }) => stage === "held" && steps.some((step) => step.title === COPY && step.stage === "done"),
    RUN_WITHIN_MS,
  );
  const { volumes, mount } = agentPaths(house.host);
  await spoilCopy(house.host, "corrupt", {
    copy: `${mount}/${VOLUME}/data`,
    image: `${volumes}/${VOLUME}.img`,
    mapper: `/dev/mapper/${VOLUME}`,
  });
  await oren.page.getByRole("button", { name: "Resume" }).first().click();

  const state = oren.page.getByRole("region", { name: "State" });
  await expect(state).toContainText("Rolling back", { timeout: RUN_WITHIN_MS });
  await oren.page.screenshot({ path: info.outputPath("rollingBack.png") });
  await expect(state).toContainText("Rolled back", { timeout: RUN_WITHIN_MS });
  await expect(oren.page.getByRole("heading", { name: "Back on the old side" })).toBeVisible();

  const { run } = await oren.client.run(runId);
  expect(run.outcome).toBe("rolledBack");
  const proof = await proveFromOutside(house.host, run, {
    root: projectRoot,
    node: process.execPath,
    statePath: samplePaths(`${house.host.folder}/service`).statePath,
  });
  expect(proof.rowsEqual).toBe(true);
  await mustRun(house.host, `[ -f '${house.sample.cluster.dataDirectory}/postmaster.pid' ]`);
});
