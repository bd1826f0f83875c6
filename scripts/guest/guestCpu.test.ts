import { expect, test } from "vitest";
import { nextCpu, parseCpuList } from "./guestCpu.ts";

test("a list of processors is read as Linux writes it", () => {
  expect(parseCpuList("0-3,8\n")).toEqual([0, 1, 2, 3, 8]);
  expect(parseCpuList("5")).toEqual([5]);
});

test("two guests of one program stay on different processors where there are two", async () => {
  const [first, second] = [await nextCpu(), await nextCpu()];
  const { availableParallelism } = await import("node:os");
  if (availableParallelism() > 1) expect(first).not.toBe(second);
  else expect(first).toBe(second);
});
