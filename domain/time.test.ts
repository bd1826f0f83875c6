import { expect, test } from "vitest";
import { IanaZone } from "./time.ts";

test("a zone is one that times can be written in: of the others no page could be shown", () => {
  for (const zone of ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"]) {
    expect([zone, IanaZone.safeParse(zone).success]).toEqual([zone, true]);
  }
  for (const zone of ["Mars/Olympus", "Europe/Berlin2", "local", "../etc/passwd", ""]) {
    expect([zone, IanaZone.safeParse(zone).success]).toEqual([zone, false]);
  }
});
