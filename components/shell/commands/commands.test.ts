import { describe, expect, test } from "vitest";
import type { KeyState } from "./keySequence.ts";
import { NO_KEYS, pressKey } from "./keySequence.ts";
import type { Command } from "./registry.ts";
import { createCommandRegistry } from "./registry.ts";

const bindings = new Set(["h", "b", "c", "/", "?", "g h", "g w"]);

/** Presses keys 100 ms apart and gives back what each completed. */
function press(keys: string, stepMs = 100): (string | undefined)[] {
  let state: KeyState = NO_KEYS;
  return keys.split("").map((key, place) => {
    const pressed = pressKey(state, key, place * stepMs, bindings);
    state = pressed.state;
    return pressed.match;
  });
}

describe("keys", () => {
  test("one key orders at once", () => {
    expect(press("h")).toEqual(["h"]);
    expect(press("/")).toEqual(["/"]);
  });

  test("G then H goes home and does not hold", () => {
    expect(press("gh")).toEqual([undefined, "g h"]);
  });

  test("a sequence that is broken off orders nothing, and the next key counts again", () => {
    expect(press("gbb")).toEqual([undefined, undefined, "b"]);
  });

  test("after a while G is forgotten", () => {
    expect(press("gh", 2000)).toEqual([undefined, "h"]);
  });

  test("a key that nobody bound does nothing", () => {
    expect(press("xz")).toEqual([undefined, undefined]);
  });
});

describe("the registry", () => {
  const command = (id: string, keys?: string): Command => ({
    id,
    title: id,
    group: "Test",
    run: () => undefined,
    ...(keys !== undefined && { keys }),
  });

  test("a page's command takes a key from an older one and gives it back when the page is left", () => {
    const registry = createCommandRegistry();
    registry.put("places", [command("home", "h")]);
    registry.put("page", [command("hold", "h")]);
    expect(registry.list().map((each) => [each.id, each.keys])).toEqual([
      ["home", undefined],
      ["hold", "h"],
    ]);
    registry.drop("page");
    expect(registry.list().map((each) => [each.id, each.keys])).toEqual([["home", "h"]]);
  });

  test("whoever follows it is told of each change and sees the same list until the next", () => {
    const registry = createCommandRegistry();
    let told = 0;
    const stop = registry.subscribe(() => {
      told += 1;
    });
    registry.put("page", [command("hold")]);
    expect(registry.list()).toBe(registry.list());
    stop();
    registry.put("page", [command("copy")]);
    expect(told).toBe(1);
  });

  test("a page that is drawn again and again wakes nobody, and what its command does is the newest", () => {
    const registry = createCommandRegistry();
    const done: number[] = [];
    const hold = (time: number): Command => ({ ...command("hold", "h"), run: () => done.push(time) });
    registry.put("page", [hold(1)]);
    const [listed] = registry.list();
    let told = 0;
    registry.subscribe(() => {
      told += 1;
    });
    registry.put("page", [hold(2)]);
    expect(told).toBe(0);
    listed?.run();
    expect(done).toEqual([2]);
    registry.put("page", [{ ...hold(3), disabledReason: "Only operators may hold." }]);
    expect(told).toBe(1);
    expect(registry.list()[0]?.disabledReason).toBe("Only operators may hold.");
  });
});
