import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync(new URL("../../app/globals.css", import.meta.url), "utf8");

/** The custom properties of the first block that follows a selector. */
function tokens(selector: string): Map<string, string> {
  const start = css.indexOf(selector);
  if (start < 0) throw new Error(`globals.css has no block for ${selector}`);
  const block = css.slice(css.indexOf("{", start), css.indexOf("}", start));
  return new Map([...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name ?? "", value ?? ""]));
}

const light = tokens(':root,\n[data-theme="light"]');
const darkByDevice = tokens(':root:not([data-theme="light"])');
const darkByChoice = tokens('\n[data-theme="dark"]');

/** Relative luminance of a #rrggbb colour, WCAG 2.2. */
function luminance(hex: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(theme: Map<string, string>, text: string, ground: string): number {
  const [a, b] = [luminance(theme.get(text) ?? ""), luminance(theme.get(ground) ?? "")];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

test("the dark theme is the same whether the device or the person chose it", () => {
  expect([...darkByChoice]).toEqual([...darkByDevice]);
  expect([...darkByChoice.keys()].sort()).toEqual([...light.keys()].sort());
});

describe.each([
  ["light", light],
  ["dark", darkByChoice],
])("in the %s theme", (_name, theme) => {
  const grounds = ["surface", "bg", "sunken"];
  const tones = ["move", "good", "ask", "stop", "back"];

  test.each(["ink", "ink2", "ink3", ...tones])("%s can be read on every ground", (text) => {
    for (const ground of grounds) expect(contrast(theme, text, ground)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(tones)("%s can be read on its wash, and text on its fill", (tone) => {
    expect(contrast(theme, tone, `${tone}-wash`)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(theme, "on", tone)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(tones.map((tone) => `${tone}-wash`))("prose and ages can be read on %s", (wash) => {
    for (const text of ["ink", "ink2", "ink3"]) expect(contrast(theme, text, wash)).toBeGreaterThanOrEqual(4.5);
  });

  test("the border of a control and the focus ring stand out from what is around them", () => {
    for (const ground of grounds) {
      expect(contrast(theme, "edge", ground)).toBeGreaterThanOrEqual(3);
      expect(contrast(theme, "move", ground)).toBeGreaterThanOrEqual(3);
    }
  });
});
