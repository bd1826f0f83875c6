import { expect, test } from "vitest";
import { serverOrigin } from "./serverSession.ts";

test("a password goes over HTTPS, or to this very machine, and nowhere else", () => {
  expect(serverOrigin("https://slackwater.example.org/windows/1?x")).toBe("https://slackwater.example.org");
  for (const here of ["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000", "http://demo.localhost"]) {
    expect(serverOrigin(here)).toBe(here);
  }
  for (const elsewhere of ["http://slackwater.example.org", "http://10.0.0.1", "http://localhost.example.org"]) {
    expect(() => serverOrigin(elsewhere)).toThrow("your password could be read on the way");
  }
  for (const none of ["slackwater.example.org", "ftp://localhost", ""]) {
    expect(() => serverOrigin(none)).toThrow("no address of a server");
  }
});
