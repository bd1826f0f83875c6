import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readEnrolment } from "../../../agent/enrol/enrolment.ts";
import { loadIdentity } from "../../../agent/identity.ts";
import { loadWords } from "../../../agent/words.ts";
import { host, server, useServerAndHost } from "./support/serverAndHost.ts";

const wordsOf = await loadWords();

useServerAndHost();

describe("making a host known to a server", () => {
  test("shows the six words of both keys and keeps the private one to root", async () => {
    const done = await host.cli("enroll", "--server", server.url, "--token", server.token());
    expect(done.err).toBe("");
    expect(done.code).toBe(0);
    const identity = loadIdentity(host.stateDir);
    expect(done.out).toContain(wordsOf(identity!.fingerprint));
    expect(server.enrolled[0]).toMatchObject({ publicKey: identity!.publicKey });
    for (const name of ["identity.pem", "enrolment.json"]) {
      expect(statSync(join(host.stateDir, name)).mode & 0o077).toBe(0);
    }
    expect(statSync(host.stateDir).mode & 0o777).toBe(0o700);
  });

  test("pins nothing when the server is not the one that the token was made by", async () => {
    const token = server.token({ fingerprint: "A".repeat(22) });
    const refused = await host.cli("enroll", "--server", server.url, "--token", token);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("its key differs");
    expect(readEnrolment(host.stateDir)).toBeUndefined();
  });

  test("says why when the server does not take the token, and can be tried again with a new one", async () => {
    server.manners.refuseEnrolment = true;
    const refused = await host.cli("enroll", "--server", server.url, "--token", server.token());
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("This token was used already.")]);
    server.manners.refuseEnrolment = false;
    expect((await host.cli("enroll", "--server", server.url, "--token", server.token())).code).toBe(0);
    const twice = await host.cli("enroll", "--server", server.url, "--token", server.token());
    expect(twice.err).toContain("enrolled at");
  });

  test("refuses half a token and an address without TLS before it sends anything", async () => {
    const half = await host.cli("enroll", "--server", server.url, "--token", server.token().slice(0, 30));
    expect(half.err).toContain("not a whole token");
    const plain = await host.cli("enroll", "--server", "http://slackwater.example", "--token", server.token());
    expect(plain.err).toContain("not encrypted");
    const hidden = await host.cli("enroll", "--server", "http://localhost.evil.example", "--token", server.token());
    expect(hidden.err).toContain("not encrypted");
    expect(server.enrolled).toEqual([]);
  });

  test("an agent that is not enrolled says how to enrol it", async () => {
    const agent = await host.start();
    expect(agent.said).toBe("failed notPermitted");
  });
});
