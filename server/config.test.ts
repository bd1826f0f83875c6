import { expect, test } from "vitest";
import { ConfigFailure, readConfig } from "./config.ts";

test("nothing set is a server for this machine, with its own database", () => {
  expect(readConfig({}, [])).toMatchObject({ port: 3000, host: "127.0.0.1", web: true, dev: false });
  expect(readConfig({}, []).database).toBeUndefined();
  expect(readConfig({ PORT: "", APP_URL: "" }, [])).toMatchObject({ port: 3000, appUrl: undefined });
});

test("every wrong setting is named with what was expected, all at once", () => {
  const bad = {
    PORT: "http",
    HOST: "127.0.0.2",
    APP_URL: "example.org",
    LOG_FORMAT: "xml",
    DATABASE_URL: "mysql://x/y",
  };
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

test("how long something is kept is a day or more, or for ever", () => {
  expect(readConfig({}, []).kept).toMatchObject({ readingsMs: 30 * 86_400_000, outputMs: 400 * 86_400_000 });
  const kept = readConfig({ KEEP_READINGS: "1d12h", KEEP_OUTPUT: "forever" }, []).kept;
  expect(kept).toMatchObject({ readingsMs: 36 * 3_600_000, outputMs: Number.POSITIVE_INFINITY });
  for (const wrong of ["30", "2h", "0d", "never"]) {
    expect(() => readConfig({ KEEP_OUTPUT: wrong }, [])).toThrow(`KEEP_OUTPUT=`);
  }
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

test("plain HTTP is for this machine alone: any other address without TLS is refused, and said what to do", () => {
  for (const HOST of ["0.0.0.0", "::", "192.168.1.5", "slackwater.example"]) {
    expect(() => readConfig({ HOST }, [])).toThrow(/Give TLS_CERT and TLS_KEY, or TLS_LOCAL_CA=1 .* TRUSTED_PROXIES/);
  }
  for (const HOST of ["127.0.0.1", "::1", "localhost"]) expect(readConfig({ HOST }, []).tls).toEqual({ kind: "none" });
});

test("with TLS or a named proxy the server may be reached from elsewhere", () => {
  const HOST = "0.0.0.0";
  expect(readConfig({ HOST, TLS_CERT: "/c.pem", TLS_KEY: "/k.pem" }, []).tls).toEqual({
    kind: "given",
    certFile: "/c.pem",
    keyFile: "/k.pem",
  });
  expect(readConfig({ HOST, TLS_LOCAL_CA: "1" }, []).tls).toEqual({ kind: "localCa" });
  const behind = { HOST, TRUSTED_PROXIES: "10.0.0.5, 10.1.0.0/16", APP_URL: "https://slackwater.example" };
  expect(readConfig(behind, [])).toMatchObject({
    tls: { kind: "proxy", certFile: undefined },
    proxies: ["10.0.0.5", "10.1.0.0/16"],
  });
});

test.each([
  [{ TLS_CERT: "/c.pem" }, "expected both"],
  [{ TLS_CERT: "/c.pem", TLS_KEY: "/k.pem", TLS_LOCAL_CA: "1" }, "expected without TLS_CERT"],
  [{ TLS_LOCAL_CA: "1", APP_URL: "http://slackwater.example" }, "expected https://"],
  [{ TLS_LOCAL_CA: "1", APP_URL: "https://10.0.0.7" }, "for names, not addresses"],
  [{ TRUSTED_PROXIES: "10.0.0.5" }, "APP_URL: expected with TRUSTED_PROXIES"],
  [{ TRUSTED_PROXIES: "proxy.example" }, "addresses or networks"],
  [{ PROXY_CERT: "/p.pem" }, "expected with TRUSTED_PROXIES"],
])("settings of TLS that do not go together are refused: %j", (settings, words) => {
  expect(() => readConfig(settings, [])).toThrow(words);
});
