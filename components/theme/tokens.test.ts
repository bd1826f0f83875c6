import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync(new URL("../../app/globals.css", import.meta.url), "utf8");

/** The colours of both themes, as the one block of tokens names them: `--ink: light-dark(#12161b, #edf0f3);`. */
function readTokens(): { light: Map<string, string>; dark: Map<string, string> } {
  const start = css.indexOf(":root,\n[data-theme] {");
  if (start < 0) throw new Error("globals.css has no block of tokens");
  const light = new Map<string, string>();
  const dark = new Map<string, string>();
  for (const [, name = "", value = "", other = ""] of css
    .slice(start, css.indexOf("}", start))
    .matchAll(/--([\w-]+):\s*light-dark\((#\w+), (#\w+)\);/g)) {
    light.set(name, value);
    dark.set(name, other);
  }
  return { light, dark };
}

const { light, dark } = readTokens();

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

describe.each([
  ["light", light],
  ["dark", dark],
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
