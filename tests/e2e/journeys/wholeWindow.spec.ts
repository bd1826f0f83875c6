import { join } from "node:path";
import { formatTime } from "../../../domain/format/time.ts";
import { checkExport } from "../../../scripts/demo/checkExport.ts";
import { proveFromOutside } from "../../../scripts/demo/proveRun.ts";
import { samplePaths } from "../../../scripts/demo/sample/sampleState.ts";
import { untilRun, whereItStands } from "../../../scripts/demo/watchRun.ts";
import { projectRoot } from "../../../scripts/projectFiles.ts";
import { breakEverythingOnce } from "../../support/accidents.ts";
import { askHost, HOST_AFTERWARDS } from "../../support/hostProof.ts";
import { proveLog, proveOutput, proveTasksOnce } from "../../support/logProof.ts";
import type { Found } from "../../support/secretSearch/found.ts";
import {
  leaveLyingAbout,
  processesNaming,
  searchHere,
  searchHost,
  searchRows,
} from "../../support/secretSearch/search.ts";
import { signOnPhone } from "../support/actions.ts";
import { expectAccessible } from "../support/expectAccessible.ts";
import { expect, test } from "../support/journey.ts";
import { openPage } from "../support/openPage.ts";
import { ZONE } from "../support/planWindow.ts";
import { expectNone } from "../support/troubles.ts";
import { notePercentages } from "../support/watching.ts";

const COPY = "Copy the data directory onto the volume";
const RUN_WITHIN_MS = 900_000;

test("five people take a database onto an encrypted volume, each in a browser, while everything dies once, and the report is signed", async ({
  house,
  prepared: { windowId, runId, passphrases },
}, info) => {
  const { olga, oren, anna, sara, vera } = house.people;

  await test.step("Olga asks for approval", async () => {
    await openPage(olga.page, `/windows/${windowId}/prepare`);
    await olga.page.getByRole("button", { name: "Ask for approval" }).click();
    await untilRun(olga.client, runId, "The question", ({ stage }) => stage === "deciding", 60_000);
  });

  await test.step("Olga can't decide what she asked for", async () => {
    await openPage(olga.page, `/windows/${windowId}/decide`);
    const go = olga.page.getByRole("button", { name: "GO", exact: true });
    await expect(go).toHaveAttribute("aria-disabled", "true");
  });

  await test.step("Anna signs GO on her telephone", async () => {
    await openPage(anna.page, `/windows/${windowId}/decide`);
    await expect(anna.page.getByRole("button", { name: "GO", exact: true })).not.toHaveAttribute("aria-disabled");
    await expectAccessible(anna.page, "decide");
    await signOnPhone(anna.page, windowId, "GO");
  });

  await openPage(vera.page, `/windows/${windowId}/run`);
  const percentages = await notePercentages(vera.page, COPY);
  await openPage(sara.page, `/windows/${windowId}/run`);

  await test.step("Oren starts", async () => {
    await openPage(oren.page, `/windows/${windowId}/run`);
    await oren.page.getByRole("button", { name: "Start the run" }).click();
    await untilRun(oren.client, runId, "The start", ({ stage }) => stage === "running", 60_000);
  });

  await test.step("Sara copies the status text with the true step and time", async () => {
    const bar = sara.page.getByRole("progressbar", { name: COPY });
    await expect(bar).toHaveAttribute("aria-valuenow", /^[1-9]/, { timeout: RUN_WITHIN_MS });
    const before = await sara.client.run(runId);
    await sara.page.getByRole("button", { name: "Copy status text" }).click();
    await expect(sara.page.getByText(/^Copied as of /).first()).toBeVisible();
    const copied = await sara.page.evaluate(() => navigator.clipboard.readText());
    const after = await sara.client.run(runId);
    expect(copied).toContain("SuperSync: maintenance in progress");
    expect(copied).toContain("Now: Your data is being copied onto the encrypted disk.");
    const [, time = "no time"] = /Back at about: (\d\d:\d\d) /.exec(copied) ?? [];
    const ends = [before, after].map(({ run }) => run.forecast.finishP90At ?? 0);
    expect([...minutes(Math.min(...ends), Math.max(...ends))]).toContain(time);
  });

  await test.step("server, agent and network die while it copies, and Vera is told; the copy goes on", async () => {
    const state = vera.page.getByRole("region", { name: "State" });
    const { host, agent, killServer, startServer } = house;
    const broken = await breakEverythingOnce({
      ...{ runId, client: oren.client, host, agent, killServer, startServer },
      withoutServer: async () => {
        await expect(state).toContainText("Not connected");
        await expect(vera.page.getByText("This page lost the server.", { exact: true })).toBeVisible();
        await expectAccessible(vera.page, "run-not-connected");
      },
    });
    expect(broken.slice(0, 2)).toEqual(["the server was killed", "the agent was killed"]);
    await expect(state).not.toContainText("Not connected");
    for (const { page } of [vera, sara]) await expect(page.getByText("sample-host is not connected")).toHaveCount(0);
  });

  await test.step("the pages of a run that goes on are for everybody", async () => {
    await expectAccessible(sara.page, "run-running");
    await openPage(sara.page, `/windows/${windowId}/announcements`);
    await expectAccessible(sara.page, "announcements");
  });

  await test.step("Anna lets users back in, when everything is verified", async () => {
    await untilRun(
      anna.client,
      runId,
      "The gate",
      (run) => {
        expect(run.stage, whereItStands(run)).toBe("running");
        return run.gates.some((gate) => gate.gateId !== "go" && gate.opensBy === "people" && gate.stage === "asking");
      },
      RUN_WITHIN_MS,
    );
    // Only now: right after the accidents much of the copy lies ahead, and a page without its server showed nothing of what lies behind.
    expect((await percentages()).length, "percentages seen").toBeGreaterThanOrEqual(10);
    await signOnPhone(anna.page, windowId, "GO");
  });

  await test.step("it is done, on every page that was open all the time", async () => {
    await untilRun(oren.client, runId, "The end", ({ stage }) => stage === "ended", RUN_WITHIN_MS);
    await expect(vera.page.getByRole("region", { name: "State" })).toContainText("Done");
    await expect(oren.page.getByRole("region", { name: "State" })).toContainText("Done");
    await expectAccessible(oren.page, "run-done");
  });

  await test.step("Oren signs the completion, and the report has it", async () => {
    await openPage(oren.page, `/windows/${windowId}/report`);
    await oren.page.getByRole("group", { name: "Everything was verified" }).getByLabel("Yes").check();
    await oren.page.getByRole("group", { name: "The service is in production" }).getByLabel("Yes").check();
    await oren.page.getByRole("button", { name: "Sign the completion" }).click();
    await openPage(vera.page, `/windows/${windowId}/report`);
    await expect(vera.page.getByText("Signed by")).toBeVisible();
    await expect(vera.page.getByText(/(?<!NO-)GO Anna Approver/)).toHaveCount(2);
    await expectAccessible(vera.page, "report");
  });

  await test.step("no passphrase lies anywhere, on the host or at the server", async () => {
    const canary = `left lying about ${runId}`;
    const takeAway = await leaveLyingAbout(house.host, canary);
    const onHost = await searchHost(house.host, new Map([...passphrases, ["canary", canary]]));
    await takeAway();
    expect(onHost.filter(({ name }) => name !== "canary")).toEqual([]);
    expect(placesOf(onHost)).toEqual(["arguments", "environment", "file", "memory"]);
    // That of the run is everywhere at the server: a search that did not find it would find nothing.
    const wanted = new Map([...passphrases, ["the run's id", runId]]);
    const processes = processesNaming(`STATE_DIRECTORY=${join(house.folder, "server")}`);
    const inFiles = await searchHere(wanted, [house.folder], processes);
    const atServer = [...inFiles, ...(await searchRows(house.db, wanted))];
    expect(atServer.filter(({ name }) => name !== "the run's id")).toEqual([]);
    expect(placesOf(atServer)).toEqual(["file", "memory", "row"]);
  });

  await test.step("the host itself agrees", async () => {
    const { run } = await oren.client.run(runId);
    expect(run.outcome).toBe("completed");
    expect(run.completion).toMatchObject({ by: "Oren Operator", allVerified: true, inProduction: true });
    const proof = await proveFromOutside(house.host, run, {
      root: projectRoot,
      node: process.execPath,
      statePath: samplePaths(`${house.host.folder}/service`).statePath,
    });
    expect(proof).toMatchObject({ rowsEqual: true, encrypted: house.host.encryption });
    expect(await askHost(house.host, house.sample, run, passphrases)).toEqual(HOST_AFTERWARDS);
  });

  await test.step("every event, task and byte is there once", async () => {
    const log = await proveLog(house.db, runId);
    expect(proveTasksOnce(log)).toBeGreaterThan(40);
    const told = await proveOutput(house.db, house.host, log);
    // An agent keeps the spools of its last tasks; where the same host carried another window out meanwhile, some are gone.
    expect(told.length).toBeGreaterThanOrEqual(25);
    expect(told.some((taskId) => taskId.includes(".copy."))).toBe(true);
    const folder = info.outputDir;
    expect(await checkExport({ root: projectRoot, client: oren.client, runId, folder })).toBe("ok");
  });
  expectNone(house.troubles, "what the pages reported");
});

const placesOf = (found: readonly Found[]) => [...new Set(found.map(({ place }) => place))].sort();

/** Every minute between two instants, as the clock of the zone shows it. */
function minutes(fromMs: number, toMs: number): ReadonlySet<string> {
  const shown = new Set<string>();
  for (let at = fromMs - 60_000; at <= toMs + 60_000; at += 60_000) shown.add(formatTime(at, ZONE));
  return shown;
}
