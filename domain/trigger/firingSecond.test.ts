import { describe, expect, test } from "vitest";
import { play } from "../../tests/support/firing.ts";
import { FIRING_CASES } from "../../tests/support/firingCases.ts";

describe("a trigger fires in this second and in no other", () => {
  test.each(FIRING_CASES)("$of: $says", (written) => {
    expect(play(written).fires).toBe(written.fires);
  });
  test("there are cases enough", () => expect(FIRING_CASES.length).toBeGreaterThanOrEqual(40));
});
