import { agentPaths, mustRun } from "../../../scripts/demo/agentOnHost.ts";
import { signOnPhone } from "../support/actions.ts";
import { expectAccessible } from "../support/expectAccessible.ts";
import { expect, test } from "../support/journey.ts";
import { openPage } from "../support/openPage.ts";
import { expectNone } from "../support/troubles.ts";

test("after a NO-GO nothing is begun on the host, every page says so, and nobody can start", async ({
  house,
  prepared: { windowId, runId, volume },
}) => {
  const { olga, oren, anna } = house.people;
  await openPage(oren.page, `/windows/${windowId}/run`);
  await expect(oren.page.getByRole("region", { name: "State" })).toContainText("Preparing");
  await olga.client.order(runId, { order: "askApproval" });
  const { run: asked } = await olga.client.run(runId);

  await signOnPhone(anna.page, windowId, "NO-GO");
  await expectAccessible(anna.page, "decide-no-go");

  // Oren had the page open all the time.
  await expect(oren.page.getByRole("heading", { name: "NO-GO was signed" })).toBeVisible();
  await expect(oren.page.getByText("Anna Approver signed NO-GO")).toBeVisible();
  await expect(oren.page.getByRole("button", { name: "Start the run" })).toHaveCount(0);
  await expectAccessible(oren.page, "run-no-go");
  for (const { client } of [oren, olga, anna]) {
    await expect(client.order(runId, { order: "start" }), client.name).rejects.toThrow(/: 4\d\d /);
  }

  const { run } = await oren.client.run(runId);
  expect(run.gates[0]).toMatchObject({ stage: "refused" });
  expect(run.gates[0]?.decisions).toMatchObject([{ by: "Anna Approver", verdict: "NO-GO", software: false }]);
  expect(run.startedAt).toBeNull();
  const since = run.log.filter((line) => line.seq > asked.seq).map((line) => line.type);
  expect(since).toContain("decisionSigned");
  expect(since).not.toContain("taskOrdered");
  expect(run.steps.map((step) => step.stage)).toEqual(run.steps.map(() => "planned"));

  const { dataDirectory } = house.sample.cluster;
  const image = `${agentPaths(house.host).volumes}/${volume}.img`;
  await mustRun(house.host, `[ ! -e '${image}' ] && [ -f '${dataDirectory}/postmaster.pid' ]`);
  expectNone(house.troubles, "what the pages reported");
});
