import fc from "fast-check";
import { expect, test } from "vitest";
import { readTraceparent, traceparentOf } from "./traceparent.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

test("a caller's trace is taken over, also from a later version of the header", () => {
  const context = { traceId: TRACE, spanId: SPAN, isSampled: true };
  expect(readTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual(context);
  expect(readTraceparent(`cc-${TRACE}-${SPAN}-03-what-comes`)).toEqual(context);
  expect(readTraceparent(`00-${TRACE}-${SPAN}-00`)).toEqual({ ...context, isSampled: false });
});

test.each([
  "",
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${"0".repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE}-${SPAN}-01\nSet-Cookie: x`,
])("what is no trace begins a new one: %j", (header) => {
  expect(readTraceparent(header)).toBeUndefined();
});

test("whatever comes in, what goes out is a header that can be read again", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)),
      (header) => {
        const context = readTraceparent(header);
        if (context !== undefined) expect(readTraceparent(traceparentOf(context))).toEqual(context);
      },
    ),
  );
});
