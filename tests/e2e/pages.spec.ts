import { generateKeyPairSync, sign } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { expect, test } from "@playwright/test";
import { Digest, HostId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import { EnrolAnswer } from "../../protocol/http/enrolment.ts";
import { MadeToken } from "../../protocol/http/tokens.ts";
import { DEMO_PASSWORD, demoPerson } from "../../scripts/demo/people.ts";
import type { Seeded } from "../../scripts/demo/seed.ts";
import { seed } from "../../scripts/demo/seed.ts";
import type { ServerProcess } from "../../scripts/demo/serverProcess.ts";
import { startServerProcess } from "../../scripts/demo/serverProcess.ts";
import { projectRoot } from "../../scripts/projectFiles.ts";
import { sha256 } from "../../server/db/sha256.ts";
import type { FakeAgent } from "../support/fakeAgent.ts";
import { connectAgent } from "../support/fakeAgent.ts";
import { openStream } from "../support/readStream.ts";
import { signInPage } from "./support/signInPage.ts";
import { expectNone, findTroubles, noteFailures } from "./support/troubles.ts";
import { addVirtualAuthenticator } from "./support/virtualAuthenticator.ts";

test.describe.configure({ mode: "serial" });

let folder = "";
let server: ServerProcess;
let seeded: Seeded;
let agent: FakeAgent | undefined;
let beat: ReturnType<typeof setInterval> | undefined;
/** One signed-in page for each person, kept over the tests of this file. */
const pages = new Map<string, Page>();

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "slackwater-pages-"));
  await chmod(folder, 0o755); // The database's own account has to get through.
  server = await startServerProcess({
    root: projectRoot,
    stateDirectory: folder,
    port: 0,
    allowSoftwarePasskey: false,
  });
  seeded = await seed({ root: projectRoot, serverState: join(folder, "server"), appUrl: server.url });
});

test.afterAll(async () => {
  clearInterval(beat);
  for (const page of pages.values()) await page.context().close();
  await agent?.close();
  await seeded?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The page of a person, signed in through the sign-in page. */
async function as(browser: Browser, role: "admin" | "operator" | "approver" | "viewer"): Promise<Page> {
  const known = pages.get(role);
  if (known) return known;
  const context = await browser.newContext({
    baseURL: server.url,
    timezoneId: "Europe/Berlin",
    viewport: { width: 1440, height: 1000 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  await signInPage(page, demoPerson(role));
  pages.set(role, page);
  return page;
}

/** Does what the agent's enrol command does, then connects and sends health, as a host would. */
async function enrolWith(command: string): Promise<FakeAgent> {
  const token = /--token (\S+)/.exec(command)?.[1] ?? "";
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  const host = {
    publicKey: raw.toString("base64"),
    fingerprint: Digest.parse(sha256(raw.toString("base64"))),
    machineId: "machine-of-pages",
    sign: (text: string) => sign(null, Buffer.from(text), privateKey).toString("base64"),
  };
  const answer = await fetch(`${server.url}/api/agents/enrol`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      token,
      publicKey: host.publicKey,
      machineId: host.machineId,
      hostname: "pdx-db-1",
      agentVersion: "0.1.0",
      os: "Debian 12",
      arch: "x64",
      actions: ["files.copy", "host.facts"],
    }),
  });
  const { hostId } = EnrolAnswer.parse(await answer.json());
  return connectAgent(`${server.url.replace("http", "ws")}/agent`, { ...host, hostId: HostId.parse(hostId) });
}

function sendHealth(to: FakeAgent): void {
  to.send({
    type: "health",
    sample: {
      at: Instant.parse(Date.now()),
      cpuPercent: 38.4,
      load1: 0.7,
      memoryUsedBytes: 3.1e9,
      memoryTotalBytes: 8e9,
      diskBusyPercent: 12,
      diskReadBytesPerSecond: 2.2e6,
      diskWriteBytesPerSecond: 9.1e6,
      networkInBytesPerSecond: 14_000,
      networkOutBytesPerSecond: 1.2e6,
      fileSystems: [{ path: "/", freeBytes: 2.12e11, totalBytes: 4e11 }],
    },
  });
}

test("a wrong password is told beside the field, and what was typed stays", async ({ browser }) => {
  const page = await (await browser.newContext({ baseURL: server.url })).newPage();
  await page.goto("/hosts");
  await expect(page).toHaveURL(/\/sign-in\?to=%2Fhosts$/);
  await page.getByLabel("E-mail").fill("olga@demo.localhost");
  await page.getByLabel("Password").fill("not the one");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "E-mail and password don't fit." })).toBeVisible();
  await expect(page.getByLabel("E-mail")).toHaveValue("olga@demo.localhost");
  await expect(page.getByLabel("Password")).toHaveValue("not the one");
  await page.getByLabel("Password").fill(DEMO_PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${server.url}/hosts`);
  await page.goto("/sign-in?to=//elsewhere.example/");
  await expect(page).toHaveURL(`${server.url}/`);
  await page.context().close();
});

test("a passkey that was added signs its person in, and an approver gets what a host's owner needs of it", async ({
  browser,
}) => {
  const page = await as(browser, "approver");
  await addVirtualAuthenticator(page);
  await expect(page.getByText("You have no passkey, and so you can't sign GO or NO-GO")).toBeVisible();
  await page.goto("/account");
  await page.getByLabel("Add one that this device makes").fill("Telephone");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByRole("list", { name: "Your passkeys" }).getByText("Telephone")).toBeVisible();
  const piece = page.getByLabel("approvers, for agent.yaml");
  await expect(piece).toContainText('rpId: "localhost"');
  const words = (await page.getByRole("list", { name: "Keys", exact: true }).getByRole("listitem").innerText())
    .split("\n")
    .at(-1);
  await expect(piece).toContainText(`Telephone: ${words}`);
  expect(words?.split(" ")).toHaveLength(6);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page).toHaveURL(`${server.url}/`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing waits for you");
});

test("a host is enrolled by a command that is shown once, appears by itself, and shows its health of now", async ({
  browser,
}) => {
  const page = await as(browser, "admin");
  await page.goto("/hosts");
  await expect(page.getByText("No host is enrolled")).toBeVisible();
  await page.getByRole("button", { name: "Enrol a host" }).click();
  await page.getByLabel("Name of the host").fill("no spaces here");
  await page.getByRole("button", { name: "Make the command" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Letters, digits, dots and hyphens." })).toBeVisible();
  await page.getByLabel("Name of the host").fill("pdx-db-1");
  await page.getByRole("button", { name: "Make the command" }).click();
  await expect(page.getByText("Waiting for pdx-db-1")).toBeVisible();
  agent = await enrolWith((await page.getByRole("region", { name: "Command" }).textContent()) ?? "");
  await expect(page.getByRole("heading", { name: "pdx-db-1 is enrolled" })).toBeVisible();
  await page.getByRole("button", { name: "The words are the same" }).click();
  const own = agent;
  beat = setInterval(() => sendHealth(own), 1_000);
  const card = page.getByRole("region", { name: "pdx-db-1" });
  await expect(card.getByText("Connected")).toBeVisible();
  await expect(card.getByText("38\u202f%")).toBeVisible();
  await expect(card.getByText("/: 212 GB free of 400 GB.")).toBeVisible();
  await card.getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByRole("button", { name: "Revoke pdx-db-1" })).toHaveAttribute("aria-disabled", "true");
  await page.keyboard.press("Escape");
  await expect(card).toBeVisible();
});

test("a person makes a token for a script, sees it once, sees its last use, and revokes it", async ({ browser }) => {
  const page = await as(browser, "operator");
  await page.goto("/account");
  await page.getByRole("button", { name: "Make a token" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Give the token a name" })).toBeVisible();
  await page.getByLabel("Name of a new token").fill("Deploy pipeline");
  await page.getByLabel("What it may do").selectOption({ label: "reads and orders" });
  await page.getByLabel("Days until it expires").fill("400");
  await page.getByRole("button", { name: "Make a token" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "365 days at most" })).toBeVisible();
  await expect(page.getByLabel("Name of a new token")).toHaveValue("Deploy pipeline");
  await page.getByLabel("Days until it expires").fill("30");
  await page.getByRole("button", { name: "Make a token" }).click();
  await expect(page.getByRole("heading", { name: "The token of Deploy pipeline" })).toBeVisible();
  const token =
    /swa1\.[\w-]{43}/.exec((await page.getByRole("region", { name: "Token", exact: true }).textContent()) ?? "")?.[0] ??
    "";
  const asScript = () => fetch(`${server.url}/api/me`, { headers: { authorization: `Bearer ${token}` } });
  expect((await asScript()).status).toBe(200);
  await page.getByRole("button", { name: "Close and forget the token" }).click();
  await page.reload();
  const line = page.getByRole("list", { name: "Your tokens" }).getByRole("listitem");
  await expect(line).toContainText("reads and orders");
  await expect(line).toContainText("last used");
  await expect(page.getByText(token)).toHaveCount(0);
  await page.getByRole("button", { name: "Revoke Deploy pipeline" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke Deploy pipeline" }).click();
  await expect(line).toContainText("revoked");
  const refused = await asScript();
  expect([refused.status, await refused.text()]).toEqual([401, expect.stringContaining("This token was revoked.")]);
});

test("a wrong runbook is told line by line beside its text, and nothing is stored", async ({ browser }) => {
  const page = await as(browser, "operator");
  await page.goto("/runbooks");
  await page.getByRole("link", { name: "Add a version" }).click();
  const editor = page.getByRole("textbox", { name: "Text of the runbook" });
  await editor.fill("slackwater: 1\nid: mine\ntitle: Mine\nphasez: []\n");
  await page.getByRole("button", { name: "Check and store" }).click();
  await expect(page.getByText(/^Not stored: \d+ errors?$/)).toBeVisible();
  const problem = page.getByRole("button", { name: /Line 4, column 1.*phasez/ });
  await problem.click();
  await expect(editor).toBeFocused();
  expect(await editor.evaluate((field: HTMLTextAreaElement) => field.selectionStart)).toBe(35);
  await expect(editor).toHaveValue(/phasez/);
  await page.goto("/runbooks");
  await expect(page.getByRole("link", { name: "Mine" })).toHaveCount(0);
});

test("planning a window says what is wrong beside each field, loses nothing on a reload, and shows the window", async ({
  browser,
}) => {
  const page = await as(browser, "operator");
  await page.goto(`/runbooks/${seeded.runbookDigest}`);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Prometheus rules" }).click();
  expect((await download).suggestedFilename()).toMatch(/\.rules\.yaml$/);
  await page.getByRole("link", { name: "Plan a window with it" }).click();
  await expect(page.getByRole("heading", { name: "Planned steps" })).toBeVisible();
  await page.getByRole("button", { name: "Plan the window" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Give the window a title." })).toBeVisible();
  await page.getByLabel("Title", { exact: true }).fill("Encrypt orders-db at rest");
  await page.getByLabel("Service", { exact: true }).selectOption({ label: "SuperSync" });
  await page.getByLabel("Zone").fill("America/Los_Angeles");
  await page.getByLabel("Starts on").fill("2027-03-14");
  await page.getByLabel("at", { exact: true }).first().fill("02:30");
  await expect(page.getByText("02:30 does not exist that night: the clocks go from 02:00 to 03:00.")).toBeVisible();
  await page.getByLabel("at", { exact: true }).first().fill("01:00");
  await page.getByLabel("at", { exact: true }).last().fill("05:00");
  await expect(page.getByText("The clocks change in this window, from 02:00 to 03:00.")).toBeVisible();
  await expect(page.getByText("It lasts 3 h.")).toBeVisible();
  await page.getByLabel(/port$/).first().fill("many");
  await page.keyboard.press("Tab");
  await expect(page.getByText("This is not a whole number.")).toBeVisible();
  await page.waitForTimeout(500); // The draft is written a moment after the last key.
  await page.reload();
  await expect(page.getByText("This is what you typed before")).toBeVisible();
  await expect(page.getByLabel("Title", { exact: true })).toHaveValue("Encrypt orders-db at rest");
  await expect(page.getByLabel(/port$/).first()).toHaveValue("many");
  await page.getByLabel(/port$/).first().fill("5433");
  await page.getByRole("button", { name: "Plan the window" }).click();
  await expect(page).toHaveURL(/\/windows\/[0-9a-f-]{36}\/prepare$/);
  await page.goto("/windows");
  await expect(page.getByRole("row", { name: /Encrypt orders-db at rest/ })).toContainText("Preparing");
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("One thing waits for you");
  await expect(page.getByText(/items of the checklist wait for you/)).toBeVisible();
});

test("a script follows a run through the server as it is started: an event comes when it happens, and an order with a key counts once", async ({
  browser,
}) => {
  const page = await as(browser, "operator");
  const made = await page.request.post("/api/tokens", {
    data: { name: "Follows", scope: "order", days: 1 },
    headers: { origin: server.url },
  });
  const { token } = MadeToken.parse(await made.json());
  const headers = { authorization: `Bearer ${token}` };
  const windows = await (await fetch(`${server.url}/api/windows`, { headers })).json();
  const at = `${server.url}/api/runs/${windows[0].runId}`;
  const stream = await openStream(`${at}/events?since=0`, { ...headers, "accept-encoding": "gzip" });
  expect(stream.status).toBe(200);
  await expect.poll(() => stream.messages.some(({ id }) => id === "1")).toBe(true);
  const seen = Number(stream.messages.at(-1)?.id);
  const order = { order: { order: "writeNote", text: "From a script." }, afterSeq: seen };
  const give = () =>
    fetch(`${at}/orders`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json", "idempotency-key": "one-note" },
      body: JSON.stringify(order),
    });
  const answers = [await give(), await give()];
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(
    Array(2).fill(expect.stringMatching(/^\{"accepted":true,"seq":\d+\}$/)),
  );
  await expect.poll(() => stream.messages.filter(({ data }) => data?.includes("From a script.")).length).toBe(1);
  expect(stream.ended()).toBe(false);
  stream.cut();
});

test("the public page needs neither a session nor script", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto("/status");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("SuperSync works.");
  await expect(page.getByText("Load it again for news.")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "SuperSync" }).first()).toContainText("works");
  await context.close();
});

const PAGES = [
  { name: "home", path: "/", role: "operator" },
  { name: "windows", path: "/windows", role: "operator" },
  { name: "new-window", path: "/windows/new", role: "operator" },
  { name: "runbooks", path: "/runbooks", role: "operator" },
  { name: "runbook", path: "runbook", role: "operator" },
  { name: "new-runbook", path: "/runbooks/new", role: "operator" },
  { name: "hosts", path: "/hosts", role: "admin" },
  { name: "account", path: "/account", role: "approver" },
  { name: "viewer-home", path: "/", role: "viewer" },
  { name: "status", path: "/status", role: undefined },
  { name: "sign-in", path: "/sign-in", role: undefined },
  { name: "not-found", path: "/nothing-here", role: undefined },
] as const;

/** Each theme and each width every time; the other two pairs of them take another minute or two. */
const EVERY_TIME = new Set(["light 1440", "dark 390"]);

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 390] as const) {
    test(`axe finds nothing, nothing scrolls sideways and nothing fails, ${colorScheme}, ${width} px`, async ({
      browser,
    }) => {
      const isDue = EVERY_TIME.has(`${colorScheme} ${width}`) || process.env.SLACKWATER_NIGHTLY !== undefined;
      test.skip(!isDue, "the other theme at this width: npm run test:nightly");
      // Twelve pages one after the other, each searched whole by axe.
      test.slow();
      const troubles: string[] = [];
      for (const { name, path, role } of PAGES) {
        const state = role === undefined ? undefined : await (await as(browser, role)).context().storageState();
        const context = await browser.newContext({
          baseURL: server.url,
          colorScheme,
          reducedMotion: "reduce",
          timezoneId: "Europe/Berlin",
          viewport: { width, height: width === 390 ? 844 : 1000 },
          ...(state && { storageState: state }),
        });
        const page = await context.newPage();
        noteFailures(page, name, troubles, (text) => name === "not-found" && text.includes("404"));
        await page.goto(path === "runbook" ? `/runbooks/${seeded.runbookDigest}` : path);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page.waitForTimeout(700);
        troubles.push(...(await findTroubles(page, name)));
        const { PICTURES } = process.env;
        if (PICTURES) {
          await page.screenshot({ path: join(PICTURES, `${name}-${width}-${colorScheme}.png`), fullPage: true });
        }
        await context.close();
      }
      expectNone(troubles, `${colorScheme}, ${width} px`);
    });
  }
}
