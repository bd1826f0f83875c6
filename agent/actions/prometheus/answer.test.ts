import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAnswer } from "./answer.ts";
import { reduceAnswer } from "./reduce.ts";

// Captured from Prometheus 2.42 of Debian 12.
const VECTOR = `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","instance":"127.0.0.1:1","job":"a"},"value":[1764489600.123,"1"]},{"metric":{},"value":[1764489600.123,"2.5e-3"]}]}}`;
const SCALAR = `{"status":"success","data":{"resultType":"scalar","result":[1764489600.5,"42"]}}`;
const EMPTY = `{"status":"success","data":{"resultType":"vector","result":[]}}`;
const BAD = `{"status":"error","errorType":"bad_data","error":"invalid parameter \\"query\\": 1:4: parse error: unexpected end of input"}`;

const vector = (...values: string[]) => ({ kind: "vector", values }) as const;

test("an answer is read with the time of its evaluation, and a refusal says who can mend it", () => {
  expect(parseAnswer(VECTOR)).toEqual({ kind: "vector", at: 1_764_489_600_123, values: ["1", "2.5e-3"], warnings: [] });
  expect(parseAnswer(SCALAR)).toMatchObject({ kind: "scalar", at: 1_764_489_600_500, values: ["42"] });
  expect(parseAnswer(EMPTY)).toMatchObject({ kind: "vector", at: undefined, values: [] });
  expect(() => parseAnswer(BAD)).toThrow(expect.objectContaining({ code: "argumentsInvalid" }));
  expect(() => parseAnswer(BAD.replace("bad_data", "timeout"))).toThrow(expect.objectContaining({ code: "timedOut" }));
  expect(() => parseAnswer(EMPTY.replace("vector", "matrix"))).toThrow(/gives a matrix/);
  expect(() => parseAnswer(VECTOR.replace('"value":', '"histogram":'))).toThrow(/histogram/);
  expect(() => parseAnswer("<html>")).toThrow(expect.objectContaining({ code: "outputUnreadable" }));
});

test("several series become one value by the rule that was named, and by none where one is expected", () => {
  const three = vector("3", "-1", "2.5");
  expect((["max", "min", "sum", "count"] as const).map((rule) => reduceAnswer(three, rule))).toEqual(
    [3, -1, 4.5, 3].map((value) => ({ outcome: "value", value })),
  );
  expect(() => reduceAnswer(three, "single")).toThrow(/3 series where one is expected/);
  expect(reduceAnswer({ kind: "scalar", values: ["7"] }, "count")).toEqual({ outcome: "value", value: 7 });
});

test("what is no number is no data, and no series counts as none: neither is ever zero by accident", () => {
  for (const odd of ["NaN", "+Inf", "-Inf", "", "0x10", " 1", "Infinity"]) {
    for (const rule of ["max", "min", "sum"] as const)
      expect(reduceAnswer(vector("1", odd), rule)).toMatchObject({ outcome: "no_data" });
    expect(reduceAnswer(vector(odd), "single")).toMatchObject({ outcome: "no_data" });
  }
  expect(reduceAnswer(vector(), "sum")).toEqual({ outcome: "no_data", because: "no series" });
  expect(reduceAnswer(vector(), "count")).toEqual({ outcome: "value", value: 0 });
  expect(reduceAnswer(vector("1.7e308", "1.7e308"), "sum")).toMatchObject({ outcome: "no_data" });
});

test("whatever a server sends is read or refused with a code, and every finite number is kept exactly", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
      try {
        parseAnswer(body);
      } catch (error) {
        expect(error).toMatchObject({ name: "Failure" });
      }
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (given) => {
      const numbers = given.map((number) => number + 0); // no minus zero: as text it is zero
      const written = vector(...numbers.map(String));
      expect(reduceAnswer(written, "max")).toEqual({ outcome: "value", value: Math.max(...numbers) });
      expect(reduceAnswer(written, "min")).toEqual({ outcome: "value", value: Math.min(...numbers) });
    }),
  );
});
