import { expect, test } from "@playwright/test";
import { demoPerson } from "../../scripts/demo/people.ts";
import type { Scene, Stage } from "../pages/stage.ts";
import { openStage } from "../pages/stage.ts";

/** Promised for the Run page on a bad line: compressed JavaScript, in kB of a thousand bytes. */
const MOST_KB = 220;

let stage: Stage;
let scene: Scene;

test.beforeAll(async () => {
  stage = await openStage();
  scene = await stage.plan({ encryption: "luks2", title: "Encrypt orders-db at rest" });
});

test.afterAll(async () => {
  await stage?.close();
});

for (const packing of ["br", "gzip"] as const) {
  test(`the Run page stands after at most ${MOST_KB} kB of script, packed as ${packing}`, async ({ browser }) => {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 1000 },
      extraHTTPHeaders: { "accept-encoding": packing },
    });
    const cookie = await stage.cookieOf(demoPerson("operator", 1).email);
    await context.addCookies([{ ...cookie, url: stage.url }]);
    const page = await context.newPage();
    const network = await context.newCDPSession(page);
    await network.send("Network.enable");
    const scripts = new Map<string, string>();
    const loaded: { name: string; bytes: number }[] = [];
    network.on("Network.responseReceived", ({ requestId, type, response }) => {
      if (type !== "Script") return;
      scripts.set(requestId, response.url);
      const headers = new Map(Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]));
      expect(headers.get("content-encoding"), response.url).toBe(packing);
    });
    network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      const url = scripts.get(requestId);
      if (url) loaded.push({ name: url.slice(url.lastIndexOf("/") + 1), bytes: encodedDataLength });
    });
    await page.goto(`${stage.url}/windows/${scene.windowId}/run`, { waitUntil: "load" });
    const first = [...loaded];
    // It takes keys: the page is more than its HTML.
    await expect(async () => {
      await page.keyboard.press("?");
      await expect(page.getByRole("heading", { name: "Keys" })).toBeVisible({ timeout: 500 });
    }).toPass();
    await expect(page.getByText("Connected", { exact: true })).toBeVisible();
    const kB = (files: readonly { bytes: number }[]) => files.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;
    const figures = loaded
      .toSorted((a, b) => b.bytes - a.bytes)
      .map(({ name, bytes }) => `  ${(bytes / 1000).toFixed(1)} kB ${name}`);
    const words = `${kB(first).toFixed(1)} kB until it was loaded, ${kB(loaded).toFixed(1)} kB with all that came after`;
    console.log(`Run page, ${packing}: ${words}`);
    expect(first.length, "scripts were seen").toBeGreaterThan(5);
    expect(kB(first), `${words}\n${figures.join("\n")}`).toBeLessThanOrEqual(MOST_KB);
    // Packed as tight as browsers take it, even with the live line, the charts and the log, which come after the page stands.
    if (packing === "br") expect(kB(loaded), `${words}\n${figures.join("\n")}`).toBeLessThanOrEqual(MOST_KB);
    await context.close();
  });
}
