import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { missingWrites, readAcceptedWrites, summariseWrites } from "./writeSummary.ts";

const at = (id: number, atMs: number) => ({ id, atMs });

describe("the downtime that a writing client saw", () => {
  test("is the longest time between two accepted writes, with the last before and the first after it", () => {
    expect(summariseWrites([at(1, 1000), at(2, 1100), at(7, 9100), at(8, 9200)])).toEqual({
      acceptedCount: 4,
      longestGap: { lengthMs: 8000, lastBefore: at(2, 1100), firstAfter: at(7, 9100) },
      first: at(1, 1000),
      last: at(8, 9200),
    });
  });

  test("is not known from fewer than two writes", () => {
    expect(summariseWrites([]).longestGap).toBeUndefined();
    expect(summariseWrites([at(1, 5)])).toEqual({
      acceptedCount: 1,
      longestGap: undefined,
      first: at(1, 5),
      last: at(1, 5),
    });
  });

  test("can be asked for a certain time, so that an earlier longer gap does not hide it", () => {
    const writes = [at(1, 0), at(2, 50_000), at(3, 50_100), at(4, 58_100), at(5, 58_200)];
    expect(summariseWrites(writes).longestGap?.lengthMs).toBe(50_000);
    expect(summariseWrites(writes, 51_000, 57_000).longestGap).toEqual({
      lengthMs: 8000,
      lastBefore: at(3, 50_100),
      firstAfter: at(4, 58_100),
    });
  });

  test("does not depend on the order in which acknowledgements were recorded", () => {
    const write = fc.record({ id: fc.integer({ min: 1, max: 1e6 }), atMs: fc.integer({ min: 0, max: 1e9 }) });
    const writes = fc.uniqueArray(write, { selector: ({ atMs }) => atMs });
    fc.assert(
      fc.property(writes, (some) => {
        const { acceptedCount, longestGap } = summariseWrites(some);
        expect(summariseWrites([...some].reverse()).longestGap).toEqual(longestGap);
        expect(acceptedCount).toBe(some.length);
        for (const one of some) {
          if (longestGap) {
            expect(one.atMs > longestGap.lastBefore.atMs && one.atMs < longestGap.firstAfter.atMs).toBe(false);
          }
        }
      }),
    );
  });
});

describe("the file of accepted writes", () => {
  test("is read line by line, and a last line that a power cut left unfinished is no write", () => {
    expect(readAcceptedWrites('{"id":1,"atMs":10}\n{"id":2,"atMs":20}\n{"id":3,"at')).toEqual([at(1, 10), at(2, 20)]);
    expect(readAcceptedWrites("")).toEqual([]);
  });

  test.each([
    ["no JSON", "tide\n"],
    ["an id that is none", '{"id":0,"atMs":10}\n'],
    ["a write without its time", '{"id":1}\n'],
    ["an empty line", "\n"],
  ])("is refused with %s in it, naming the line", (_, bad) => {
    expect(() => readAcceptedWrites(`{"id":1,"atMs":10}\n${bad}{"id":2,"atMs":20}\n`)).toThrow("Line 2 of the writes");
  });
});

test("an acknowledged write that the database does not hold is found; one too many there is not a loss", () => {
  expect(missingWrites([at(1, 10), at(2, 20), at(3, 30)], [1, 3, 4])).toEqual([at(2, 20)]);
  expect(missingWrites([at(1, 10)], [1, 2])).toEqual([]);
});
