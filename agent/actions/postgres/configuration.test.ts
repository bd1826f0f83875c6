import fc from "fast-check";
import { expect, test } from "vitest";
import { dataDirectoryIn, withDataDirectory } from "./configuration.ts";

test("the last setting wins and comments don't count, as in the server", () => {
  expect(
    dataDirectoryIn("#data_directory = '/no'\ndata_directory = '/one'\n data_directory '/it''s two' # why\n"),
  ).toBe("/it's two");
  expect(dataDirectoryIn("port = 5432\n")).toBeUndefined();
});

test("a configuration that was pointed elsewhere names just that, and keeps every other line", () => {
  const before = "port = 5433\ndata_directory = '/old'  # by ansible\nshared_buffers = 1GB";
  const after = withDataDirectory(before, "/mnt/new");
  expect(dataDirectoryIn(after)).toBe("/mnt/new");
  expect(after).toContain("port = 5433\n");
  expect(after).toContain("shared_buffers = 1GB\n");
  expect(after).toContain("# before Slackwater: data_directory = '/old'  # by ansible");
});

test("any path survives the way into the file and out again", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\/[a-zA-Z0-9'_. /-]{0,60}$/), fc.string(), (path, noise) => {
      const comment = noise.replaceAll(/[\n\r]/g, " ");
      expect(dataDirectoryIn(withDataDirectory(`# ${comment}\n`, path))).toBe(path);
    }),
  );
});
