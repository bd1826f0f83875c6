import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "./reversePatch.ts";
import { reversePatch } from "./reversePatch.ts";

type Json = JsonObject[string];

/** RFC 7386, as it is written there. */
function merge(target: Json | undefined, patch: Json): Json {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result = typeof target === "object" && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}

const { object, patch } = fc.letrec<{ object: JsonObject; patch: JsonObject }>((tie) => {
  const key = fc.constantFrom("a", "b", "c");
  const plain = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer()));
  return {
    // An object of Kubernetes holds no null: to give one is to take the value away.
    object: fc.dictionary(key, fc.oneof({ depthSize: "small" }, plain, tie("object")), { noNullPrototype: true }),
    patch: fc.dictionary(key, fc.oneof({ depthSize: "small" }, plain, fc.constant(null), tie("patch")), {
      noNullPrototype: true,
    }),
  };
});

test("the reverse of a merge patch gives the object as it was, whatever it changed", () => {
  fc.assert(
    fc.property(object, patch, (before, change) => {
      const reverse = reversePatch(before, change, "merge");
      expect(merge(merge(before, change), reverse ?? {})).toEqual(before);
    }),
  );
});

test("a selector that got one more label loses it again", () => {
  const before = { spec: { selector: { app: "web" }, type: "ClusterIP" } };
  const change = { spec: { selector: { app: "web", component: "rollback" } } };
  expect(reversePatch(before, change, "strategic")).toEqual({ spec: { selector: { app: "web", component: null } } });
});

test("a strategic patch of a list, or with an order of its own, is said to have no reverse", () => {
  expect(reversePatch({}, { spec: { containers: [{ name: "a" }] } }, "strategic")).toBeUndefined();
  expect(reversePatch({}, { spec: { $patch: "replace" } }, "strategic")).toBeUndefined();
});
