import { expect, test } from "vitest";
import { CommandError } from "./commandError.ts";
import { throttleRequest } from "./throttleCommand.ts";

const TASK = "d593cba5-a975-480f-b5be-2d2a872c1d87.copy.1";
const none = { mbps: undefined, rows: undefined, cpuWeight: undefined, ioWeight: undefined };

test("what is typed becomes a setting; MB are a million bytes", () => {
  expect(throttleRequest([TASK, "automatic"], { ...none, mbps: "12.5", ioWeight: "20" })).toEqual({
    command: "throttle",
    taskId: TASK,
    setting: { mode: "automatic", bytesPerSecond: 12_500_000, cpuWeight: 100, ioWeight: 20 },
  });
  expect(throttleRequest([TASK, "paused"], none)).toMatchObject({ setting: { mode: "paused" } });
});

test.each([
  ["no task", [], none],
  ["a name that is none", ["copy", "full"], none],
  ["no mode", [TASK], none],
  ["a mode that there is not", [TASK, "slow"], none],
  ["a rate that is no number", [TASK, "limited"], { ...none, mbps: "fast" }],
  ["a rate of nothing", [TASK, "limited"], { ...none, mbps: "0" }],
  ["a weight of nothing", [TASK, "limited"], { ...none, cpuWeight: "0" }],
  ["a rate for full speed", [TASK, "full"], { ...none, mbps: "10" }],
])("%s is refused, and what is to be typed is said", (_, words, given) => {
  expect(() => throttleRequest(words, given)).toThrow(CommandError);
  expect(() => throttleRequest(words, given)).toThrow(/slackwater-agent throttle TASK/);
});
