import { expect, test } from "vitest";
import { filesManifest } from "../../domain/action/files.ts";
import { showCommand } from "../process/showCommand.ts";
import { bash } from "./bash.ts";
import { heldPlaces, isHeldInPaths, isOnlyPassedOn } from "./heldPlaces.ts";

const places = heldPlaces("n1");
const mark = places.markOf("db.directory");

test("a place is held for a variable, whatever stands around it, and quotes that are left empty are not written", () => {
  expect(places.inScript(bash`cat -- ${mark}`.text)).toBe('cat -- "$fact_db_directory"');
  expect(places.inScript(bash`rsync ${`${mark}/`} ${`it's ${mark} and ${mark}`}`.text)).toBe(
    `rsync "$fact_db_directory"$'/' $'it\\'s '"$fact_db_directory"$' and '"$fact_db_directory"`,
  );
});

test("nobody can write a text that would be taken for a place", () => {
  const other = heldPlaces().markOf("db.directory");
  expect(places.inScript(bash`cat ${other} ${`'"$fact_db_directory"$'`}`.text)).not.toContain(`cat "$fact`);
  // A command that is only shown is quoted twice, and no variable can stand in it.
  expect(places.isLeftIn(places.inScript(bash`by_hand ${showCommand(["cat", mark])}`.text))).toBe(true);
});

test("a place is held in paths and nowhere else", () => {
  expect(isHeldInPaths(filesManifest, { path: `${mark}/x` }, mark)).toBe(true);
  expect(isHeldInPaths(filesManifest, { path: "/x", other: mark }, mark)).toBe(false);
});

test("a value of which something was computed is told from one that was passed on", () => {
  const longer = `${mark}/longer`;
  const made = (value: string) => bash`cat ${value} ${`${value}/data`}`.text;
  expect(isOnlyPassedOn(made(mark), made(longer), mark, longer)).toBe(true);
  const folder = (value: string) => bash`cat ${value.slice(0, value.lastIndexOf("/"))}`.text;
  expect(isOnlyPassedOn(folder(mark), folder(longer), mark, longer)).toBe(false);
});
