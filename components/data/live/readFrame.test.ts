import { expect, test } from "vitest";
import { BrowserFrame } from "../../../protocol/browser.ts";
import { readFrame } from "./readFrame.ts";

const ID = "4b9ae1c6-7a52-4d25-8f55-1b5d9d9b2d10";
const FRAMES = [
  { type: "runChanged", runId: ID, windowId: ID, seq: 4 },
  { type: "progress", runId: ID, taskId: `${ID}.copy.1`, stepId: "copy", at: 1, progress: { done: 1, unit: "bytes" } },
  { type: "output", runId: ID, taskId: `${ID}.copy.1`, stepId: "copy", offset: 0, endOffset: 2, at: 1, text: "a\n" },
  { type: "hostChanged", hostId: ID, connected: false, at: 1 },
  { type: "windowsChanged" },
  { type: "present", runId: ID, people: [{ userId: "a", name: "Anna", role: "approver" }] },
];

test("whatever the catalogue takes is read as it came", () => {
  for (const frame of FRAMES) {
    expect(BrowserFrame.safeParse(frame).success, frame.type).toBe(true);
    expect(readFrame(frame)).toBe(frame);
  }
});

test("what lacks a part, has another type or is no frame at all is left alone", () => {
  for (const frame of FRAMES) {
    const [name] = Object.keys(frame).filter((key) => key !== "type" && key !== "at" && key !== "stepId");
    if (name !== undefined)
      expect(readFrame({ ...frame, [name]: null }), `${frame.type} without ${name}`).toBeUndefined();
  }
  for (const raw of [undefined, null, "frame", 7, [], {}, { type: "newer" }, { type: "constructor" }]) {
    expect(readFrame(raw)).toBeUndefined();
  }
});
