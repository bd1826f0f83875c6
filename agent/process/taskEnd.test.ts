import { expect, test } from "vitest";
import { AgentFrame, MAX_FRAME_BYTES } from "../../protocol/agent.ts";
import { receiptOf, taskReportOf } from "./taskEnd.ts";

test("the receipt of a cancel that ended a thousand processes still fits into the one frame that brings it", () => {
  const command = "\u20ac".repeat(400);
  const ended = Array.from({ length: 1500 }, (_, n) => ({ pid: n + 1, command, by: "KILL" }) as const);
  const left = Array.from({ length: 300 }, () => ({ kind: "mount", what: command, cleanUp: command }) as const);
  const receipt = receiptOf([ended], [], left);
  expect(receipt.ended.length).toBeGreaterThan(50);
  const taskId = "4b9ae1c6-7a52-4d25-8f55-1b5d9d9b2d10.copy.1";
  const over = { version: 1, taskId, ended: { outcome: "cancelled" }, startedAt: 1, endedAt: 2 };
  const output = { bytes: 0, chunks: 0, droppedBytes: 0 };
  const report = taskReportOf({ ...over, output, endedProcesses: [] } as never, receipt, []);
  const frame = AgentFrame.parse({ type: "taskEnded", taskId, report });
  expect(Buffer.byteLength(JSON.stringify(frame))).toBeLessThan(MAX_FRAME_BYTES);
});
