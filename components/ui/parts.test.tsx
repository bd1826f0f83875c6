import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { Age, Countdown, TimeLeft } from "./Age.tsx";
import { initialsOf } from "./Avatar.tsx";
import { Button } from "./Button.tsx";
import { Field } from "./Field.tsx";
import { GateMark } from "./Mark.tsx";
import { NowProvider } from "./Now.tsx";
import { Progress } from "./Progress.tsx";
import { StateBadge } from "./StateBadge.tsx";
import { STATE_LOOK, STATE_WORDS } from "./stateWords.ts";
import { TextInput } from "./TextInput.tsx";
import { Trouble } from "./Trouble.tsx";
import { Words } from "./Words.tsx";

const NOW = Date.UTC(2026, 11, 3, 11, 4, 18);
const atNow = (part: React.ReactNode): string =>
  renderToStaticMarkup(<NowProvider serverNowMs={NOW}>{part}</NowProvider>);
const textOf = (html: string): string => html.replace(/<[^>]+>/g, "");

describe("state words", () => {
  test("not knowing is hatched and dashed, and never red", () => {
    for (const word of ["Unknown", "Not connected"] as const) {
      const html = renderToStaticMarkup(<StateBadge word={word} />);
      expect(html).toContain("hatched");
      expect(html).toContain("border-dashed");
      expect(html).not.toContain("stop");
    }
  });

  test("only a failure is red, and only what is measured or signed is green", () => {
    const words = (tone: string) => STATE_WORDS.filter((word) => STATE_LOOK[word].tone === tone);
    expect(words("stop")).toEqual(["Held, failed"]);
    expect(words("good")).toEqual(["Ready", "Done"]);
  });

  test("a gate that is still ahead has no colour", () => {
    expect(renderToStaticMarkup(<GateMark state="ahead" />)).toContain("text-ink2");
    expect(renderToStaticMarkup(<GateMark state="waiting" />)).toContain("text-ask");
  });
});

describe("buttons", () => {
  test("a disabled one stays reachable and its reason is read with it", () => {
    const html = renderToStaticMarkup(<Button disabledReason="The run is over.">Hold</Button>);
    const id = /aria-describedby="([^"]+)"/.exec(html)?.[1];
    expect(html).toContain('aria-disabled="true"');
    expect(html).not.toContain(" disabled");
    expect(html).toContain(`id="${id}"`);
    expect(textOf(html)).toBe("HoldThe run is over.");
  });

  test("a busy one says what is happening in place of its label", () => {
    const html = renderToStaticMarkup(
      <Button busy="Holding" keyHint="H">
        Hold
      </Button>,
    );
    expect(textOf(html)).toBe("Holding");
    expect(html).toContain('aria-busy="true"');
  });
});

test("what is wrong stands beside its field, is read with it, and leaves what was typed", () => {
  const html = renderToStaticMarkup(
    <Field label="Start" hint="24 h" error="Write a time, 00:00 to 23:59." required>
      {(control) => <TextInput {...control} defaultValue="25:10" />}
    </Field>,
  );
  expect(html).toContain('value="25:10"');
  expect(html).toContain('aria-invalid="true"');
  const [hint, error] = /aria-describedby="([^" ]+) ([^"]+)"/.exec(html)?.slice(1) ?? [];
  expect(html).toContain(`id="${hint}"`);
  expect(html).toContain(`id="${error}"`);
});

describe("progress", () => {
  test("a share over everything draws no bar beyond its track", () => {
    const html = renderToStaticMarkup(<Progress label="Copy" share={7} valueText="700 percent claimed" />);
    expect(html).toContain('aria-valuenow="100"');
    expect(html).toContain("width:100%");
  });

  test("what is not known claims no figure", () => {
    const html = renderToStaticMarkup(<Progress label="Copy" share={undefined} valueText="not known" />);
    expect(html).not.toContain("aria-valuenow");
    expect(html).toContain("hatched");
  });
});

describe("ages", () => {
  test("a stale value keeps its age, in bold amber", () => {
    const html = atNow(<Age sinceMs={NOW - 26 * 3_600_000} freshForMs={3_600_000} />);
    expect(textOf(html)).toBe("stale 26 h");
    expect(html).toContain("text-ask");
    expect(textOf(atNow(<Age sinceMs={NOW - 40_000} ago />))).toBe("40 s ago");
  });

  test("a countdown past its end says by how much", () => {
    expect(textOf(atNow(<Countdown untilMs={NOW - 65_000} />))).toBe("\u22121:05");
    expect(textOf(atNow(<TimeLeft untilMs={NOW + 17.5 * 60_000} />))).toBe("17 min left");
  });
});

test("trouble is told in three lines, always in the same order", () => {
  expect(textOf(renderToStaticMarkup(<Trouble what="a" data="b" do="c" />))).toBe("WhataDatabDoc");
});

test("six words can be read one by one, and a list may show three", () => {
  const words = ["coral", "ember", "lattice", "coral", "quiet", "thimble"];
  expect(textOf(renderToStaticMarkup(<Words words={words} />))).toBe("coral ember lattice coral quiet thimble");
  expect(textOf(renderToStaticMarkup(<Words words={words} show={3} layout="grid" />)).trim()).toBe(
    "coral ember lattice",
  );
});

test("a person is two letters, whatever the name looks like", () => {
  expect(["Jonas Weber", "mara@example.com", "Ana Maria de la Cruz", "", "Þór"].map(initialsOf)).toEqual([
    "JW",
    "MA",
    "AC",
    "?",
    "ÞÓ",
  ]);
});
