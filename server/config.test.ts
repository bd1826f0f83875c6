import { expect, test } from "vitest";
import { ConfigFailure, readConfig } from "./config.ts";

test("nothing set is a server for this machine, with its own database", () => {
  expect(readConfig({}, [])).toMatchObject({ port: 3000, host: "127.0.0.1", web: true, dev: false });
  expect(readConfig({}, []).database).toBeUndefined();
  expect(readConfig({ PORT: "", APP_URL: "" }, [])).toMatchObject({ port: 3000, appUrl: undefined });
});

test("every wrong setting is named with what was expected, all at once", () => {
  const bad = { PORT: "http", HOST: "0.0.0.0", APP_URL: "example.org", LOG_FORMAT: "xml", DATABASE_URL: "mysql://x/y" };
  expect(() => readConfig(bad, ["--fast"])).toThrow(ConfigFailure);
  for (const part of [
    "PORT=http: expected a port",
    "APP_URL=example.org: expected",
    "xml: expected plain or json",
    "--fast",
  ]) {
    expect(() => readConfig(bad, ["--fast"])).toThrow(part);
  }
  expect(() => readConfig(bad, ["--fast"])).not.toThrow("HOST");
  expect(() => readConfig({ APP_URL: "https://a.example/path" }, [])).toThrow("without a path");
  expect(() => readConfig({ DATABASE_OWNER_URL: "postgresql://a@b/c" }, [])).toThrow("together with DATABASE_URL");
});

test("the password in an address that can't be used is not said", () => {
  const bad = { DATABASE_URL: "mysql://slackwater:a-password@db/slackwater" };
  expect(() => readConfig(bad, [])).toThrow("DATABASE_URL: expected postgresql://");
  expect(() => readConfig(bad, [])).not.toThrow("a-password");
});

test("with two addresses the app's role is told from the owner's; with one there is none", () => {
  const appUrl = "postgresql://app:x@db:5432/slackwater";
  const ownerUrl = "postgresql://own%65r:y@db:5432/slackwater";
  expect(readConfig({ DATABASE_URL: appUrl, DATABASE_OWNER_URL: ownerUrl }, []).database).toEqual({
    appUrl,
    ownerUrl,
    appRole: "app",
  });
  expect(readConfig({ DATABASE_URL: appUrl }, []).database).toEqual({ appUrl, ownerUrl: appUrl });
});
