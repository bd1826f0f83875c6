import { describe, expect, test } from "vitest";
import { contactLinks } from "./contactLinks.ts";
import { lossWords } from "./lossWords.ts";
import { endWords, progressFigures, progressValueText } from "./progressFigures.ts";
import { backAtMs, restOfRollbackMs } from "./rollbackRest.ts";
import { triggerScale } from "./triggerScale.ts";

describe("progress", () => {
  const copy = { done: 29_280_000_000, total: 48_000_000_000, unit: "bytes", ratePerSecond: 22_600_000 } as const;

  test("a percentage never stands without what it is a share of", () => {
    const figures = progressFigures(copy, 0, 1_300_000);
    expect(figures).toMatchObject({ percent: "61\u202f%", amount: "29.28 of 48.00\u00a0GB" });
    expect(figures.rate).toEqual({ value: "22.6", unit: "MB/s" });
    expect(figures.average).toBe("average 22.5\u00a0MB/s");
    expect(progressValueText(figures, "done between 03:16 and 03:24")).toBe(
      "61 percent, 29.28 of 48.00 gigabytes, done between 03:16 and 03:24",
    );
  });

  test("a host that reports more than all is shown at all of it", () => {
    const figures = progressFigures({ ...copy, done: 90_000_000_000 }, null, 0);
    expect(figures).toMatchObject({ share: 1, amount: "48.00 of 48.00\u00a0GB" });
  });

  test("where the whole is not known no share is claimed", () => {
    const figures = progressFigures({ done: 4_000, unit: "rows" }, null, 0);
    expect(figures).toMatchObject({ share: undefined, percent: undefined, amount: "4,000 rows" });
  });

  test("an end is a range, and a forecast that lies in the past says nothing", () => {
    const now = Date.UTC(2026, 11, 3, 11, 4);
    const step = { endP50At: now + 14 * 60_000, endP90At: now + 20 * 60_000 };
    expect(endWords(step, now, "America/Los_Angeles")).toEqual({
      between: "done between 03:18 and 03:24",
      more: "14 to 20 min more.",
    });
    expect(endWords(step, now + 30 * 60_000, "UTC")).toBeUndefined();
    expect(endWords({ endP50At: null, endP90At: null }, now, "UTC")).toBeUndefined();
  });
});

describe("what a rollback loses", () => {
  test("the button names the loss, and what is not known counts as one", () => {
    expect(lossWords({ losesNothing: true, loses: null, losesUnknown: null })).toMatchObject({
      kind: "nothing",
      button: "Roll back, lose nothing",
    });
    expect(
      lossWords({ losesNothing: false, loses: "Loses 214 rows: Rows written on the new side.", losesUnknown: null }),
    ).toMatchObject({ kind: "something", button: "Roll back, lose 214 rows" });
    expect(lossWords({ losesNothing: false, loses: null, losesUnknown: "Not known now." })).toEqual({
      kind: "unknown",
      sentence: "Not known now.",
      button: "Roll back, loss not known",
    });
  });

  test("its rest is what is left of the step that runs, and all behind it", () => {
    const step = { beganAt: null, plannedMs: 60_000 } as never;
    const steps = [
      { ...(step as object), stage: "done" },
      { ...(step as object), stage: "running", beganAt: 1_000 },
      { ...(step as object), stage: "planned" },
    ] as never;
    expect(restOfRollbackMs({ steps }, 21_000)).toBe(100_000);
    expect(restOfRollbackMs({ steps }, 900_000)).toBe(60_000);
    const backAt = (finishP50At: number | null) =>
      backAtMs({ rollback: { steps }, forecast: { finishP50At } } as never, 21_000);
    expect(backAt(null)).toBe(121_000);
    expect(backAt(130_000)).toBe(130_000);
    expect(backAt(20_000)).toBe(21_000);
  });
});

describe("contacts", () => {
  test("numbers can be called and addresses written to; everything else stays text", () => {
    expect(contactLinks("Priya Raman, priya@example.org, 503 555 0142")).toEqual([
      { text: "Priya Raman, ", href: undefined },
      { text: "priya@example.org", href: "mailto:priya@example.org" },
      { text: ", ", href: undefined },
      { text: "503 555 0142", href: "tel:5035550142" },
    ]);
    expect(contactLinks("room 12")).toEqual([{ text: "room 12", href: undefined }]);
  });
});

describe("the bar of a trigger", () => {
  test("is drawn for one comparison with a number, and for nothing that might lie", () => {
    const high = { expression: "probe.value > 90.0", value: "45" };
    expect(triggerScale(high)).toEqual({ share: 45 / 112.5, threshold: 90 / 112.5, limit: "90" });
    expect(triggerScale({ ...high, value: null })).toBeUndefined();
    expect(triggerScale({ expression: "probe.value > 10.0 * facts.baseline.errors", value: "3" })).toBeUndefined();
    expect(triggerScale({ expression: "probe.value < 1.0 || probe.value > 9.0", value: "3" })).toBeUndefined();
    expect(triggerScale({ expression: "!probe.ok && probe.consecutive_failures >= 5", value: "2" })?.limit).toBe("5");
  });
});
