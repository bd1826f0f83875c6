import { expect, test } from "vitest";
import { Failure } from "../../../domain/failure.ts";
import { allowBatch } from "./allowBatch.ts";

test("a throttle makes a batch wait until all of its rows are allowed, and makes it no smaller", async () => {
  const asked: [number, string][] = [];
  await allowBatch(500, {
    allow(wanted, unit) {
      asked.push([wanted, unit]);
      return Promise.resolve(Math.min(wanted, 200));
    },
  });
  expect(asked).toEqual([
    [500, "rows"],
    [300, "rows"],
    [100, "rows"],
  ]);
});

test("a batch that waits for its throttle ends when the task is cancelled", async () => {
  const cancelled = new Failure("cancelled", "by order");
  await expect(allowBatch(500, { allow: () => Promise.reject(cancelled) })).rejects.toBe(cancelled);
});
