import type { Page } from "@playwright/test";

/** Goes to a page and waits until its script has taken over every control: before, a press or a typed word would go nowhere. */
export async function openPage(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.waitForFunction(() => {
    const controls = [...document.querySelectorAll("button, input, select, textarea")];
    // React marks the elements that it has taken over.
    return (
      controls.length > 0 && controls.every((one) => Object.keys(one).some((key) => key.startsWith("__reactProps")))
    );
  });
}
