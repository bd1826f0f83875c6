import { expect, test } from "vitest";
import { swapHere } from "./memory.ts";

const HEAD = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
const area = (device: string) => `${device}                               partition\t1048572\t\t0\t\t-2\n`;

test("swap on a bare disk is told of, since passphrases in memory could be written there", () => {
  expect(swapHere(`${HEAD}${area("/dev/sda3")}`, () => false)).toMatchObject({
    verdict: "note",
    says: expect.stringContaining("/dev/sda3"),
    todo: expect.stringContaining("swapoff"),
  });
});

test("swap in memory, encrypted swap and no swap at all are fine", () => {
  expect(swapHere(`${HEAD}${area("/dev/zram0")}`, () => false).verdict).toBe("ok");
  expect(swapHere(`${HEAD}${area("/dev/dm-1")}`, (device) => device === "/dev/dm-1").verdict).toBe("ok");
  expect(swapHere(HEAD, () => false).says).toBe("There is none.");
  expect(swapHere("", () => false).verdict).toBe("ok");
});
