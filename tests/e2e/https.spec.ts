import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "@playwright/test";
import { expect, test } from "@playwright/test";
import { demoPerson } from "../../scripts/demo/people.ts";
import type { Seeded } from "../../scripts/demo/seed.ts";
import { seed } from "../../scripts/demo/seed.ts";
import { projectRoot } from "../../scripts/projectFiles.ts";
import { readChain, shown } from "../../server/tls/chain.ts";
import type { ServerProcess } from "../support/serverProcess.ts";
import { freePort, startServerProcess } from "../support/serverProcess.ts";
import { openPage } from "./support/openPage.ts";
import { signInPage } from "./support/signInPage.ts";
import { addVirtualAuthenticator } from "./support/virtualAuthenticator.ts";

test.describe.configure({ mode: "serial" });

const NAME = "slackwater.test";
let folder = "";
let url = "";
let server: ServerProcess;
let seeded: Seeded;
let browser: Browser;

test.beforeAll(async ({ playwright, launchOptions }) => {
  folder = await mkdtemp(join(tmpdir(), "slackwater-https-pages-"));
  await chmod(folder, 0o755); // The database's own account has to get through.
  const stateDirectory = join(folder, "server");
  const port = await freePort();
  url = `https://${NAME}:${port}`;
  server = await startServerProcess(
    { PORT: String(port), APP_URL: url, TLS_LOCAL_CA: "1", STATE_DIRECTORY: stateDirectory },
    [],
  );
  seeded = await seed({ root: projectRoot, serverState: stateDirectory, appUrl: url });
  const [root] = readChain(await readFile(join(stateDirectory, "local-ca.pem"), "utf8"));
  if (!root) throw new Error("the server made no authority");
  // A device that trusts this authority and no other that is not known to everybody, and that finds the name here.
  const trusted = Buffer.from(shown(root).key, "hex").toString("base64");
  browser = await playwright.chromium.launch({
    ...launchOptions,
    args: [
      ...(launchOptions.args ?? []),
      `--host-resolver-rules=MAP ${NAME} 127.0.0.1`,
      `--ignore-certificate-errors-spki-list=${trusted}`,
    ],
  });
});

test.afterAll(async () => {
  await browser?.close();
  await seeded?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("over HTTPS by the server's own authority somebody makes a passkey under the host name and signs in with it", async () => {
  const context = await browser.newContext({ baseURL: url });
  const page = await context.newPage();
  await addVirtualAuthenticator(page);
  await signInPage(page, demoPerson("approver"));
  const cookies = await context.cookies();
  expect(cookies.length).toBeGreaterThan(0);
  expect(cookies.filter(({ name }) => name.includes("session")).every(({ secure }) => secure)).toBe(true);

  await openPage(page, "/account");
  await page.getByLabel("Add one that this device makes").fill("Telephone");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("list", { name: "Your passkeys" }).getByText("Telephone").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL((to) => to.pathname === "/sign-in");
  await openPage(page, "/sign-in");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL((to) => to.pathname === "/");
  await context.close();
});

test("the status page is rendered over TLS too, and the authority is there for devices that do not trust it yet", async () => {
  const context = await browser.newContext({ baseURL: url });
  const page = await context.newPage();
  const status = await page.goto("/status");
  expect(status?.status()).toBe(200);
  await page.goto("/ca");
  await expect(page.getByRole("heading", { name: "Certificate authority of this Slackwater" })).toBeVisible();
  // By the page: only the browser was told where the name leads.
  const file = await page.evaluate(async () => (await fetch("/ca/slackwater-ca.crt")).text());
  expect(file).toBe(await readFile(join(folder, "server", "local-ca.pem"), "utf8"));
  await context.close();
});
