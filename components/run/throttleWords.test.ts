import { expect, test } from "vitest";
import { FULL, ThrottleSetting } from "../../domain/throttle/setting.ts";
import { throttleWords } from "./throttleWords.ts";

const limited = ThrottleSetting.parse({ mode: "limited", bytesPerSecond: 20_000_000, ioWeight: 20 });

test("a task that goes as it was ordered has nothing more said of it", () => {
  expect(throttleWords(FULL, undefined)).toEqual({ ordered: "full speed", host: undefined });
  expect(throttleWords(limited, { mode: "limited", bytesPerSecond: 20_000_000 })).toEqual({
    ordered: "limited: at most 20.0\u00a0MB/s, I/O weight 20",
    host: undefined,
  });
});

test("why it stands is said first, and an order that its host has not confirmed is no fact yet", () => {
  const because = "throttled: load per core 6.2 is over 4.0";
  const automatic = ThrottleSetting.parse({ mode: "automatic" });
  expect(throttleWords(automatic, { mode: "automatic", because }).host).toBe(because);
  expect(throttleWords(limited, undefined).host).toBe("its host has not confirmed that yet");
});

test("a ceiling or a word of the host's owner is seen beside what was ordered", () => {
  expect(throttleWords(FULL, { mode: "limited", bytesPerSecond: 50_000_000 }).host).toBe(
    "on its host it is limited, at most 50.0\u00a0MB/s",
  );
});
