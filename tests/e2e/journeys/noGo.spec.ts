import { mustRun } from "../../../scripts/demo/agentOnHost.ts";
import { prepareRun } from "../../../scripts/demo/prepare.ts";
import { signOnPhone } from "../support/actions.ts";
import { expect, test } from "../support/journey.ts";
import { openPage } from "../support/openPage.ts";
import { planOverApi } from "../support/planWindow.ts";

test("after a NO-GO nothing is begun on the host, and nobody can start", async ({ house }) => {
  test.setTimeout(8 * 60_000);
  const { olga, oren, anna, sara } = house.people;
  const { windowId, runId } = await planOverApi(house, "A night that is not the night", "supersync_no_go");
  await prepareRun({ operator: olga.client, approver: anna.client, support: sara.client }, runId, () => undefined);
  await olga.client.order(runId, { order: "askApproval" });
  const { run: asked } = await olga.client.run(runId);

  await signOnPhone(anna.page, windowId, "NO-GO");

  await openPage(oren.page, `/windows/${windowId}/run`);
  await expect(oren.page.getByRole("region", { name: "State" })).toContainText(/\w/);
  await expect(oren.page.getByRole("button", { name: "Start the run" })).toHaveCount(0);
  await expect(oren.client.order(runId, { order: "start" })).rejects.toThrow(/: 4\d\d /);

  const { run } = await oren.client.run(runId);
  expect(run.gates[0]).toMatchObject({ stage: "refused" });
  expect(run.gates[0]?.decisions).toMatchObject([{ by: "Anna Approver", verdict: "NO-GO", software: false }]);
  expect(run.startedAt).toBeNull();
  const since = run.log.filter((line) => line.seq > asked.seq).map((line) => line.type);
  expect(since).toContain("decisionSigned");
  expect(since).not.toContain("taskOrdered");
  expect(run.steps.map((step) => step.stage)).toEqual(run.steps.map(() => "planned"));

  const { dataDirectory } = house.sample.cluster;
  const volume = `${house.host.folder}/volumes/supersync_no_go.img`;
  await mustRun(house.host, `[ ! -e '${volume}' ] && [ -f '${dataDirectory}/postmaster.pid' ]`);
});
