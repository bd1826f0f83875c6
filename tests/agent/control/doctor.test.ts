import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { clockHere } from "../../../agent/control/doctor/clock.ts";
import type { Subject } from "../../../agent/control/doctor/finding.ts";
import { DoctorReport } from "../../../agent/control/doctor/finding.ts";
import { writeEnrolment } from "../../../agent/enrol/enrolment.ts";
import { createDirectContext } from "../../../agent/process/directContext.ts";
import { openStateDirectory } from "../../../agent/stateDirectory.ts";
import { HostId } from "../../../domain/ids.ts";
import { Instant } from "../../../domain/time.ts";
import { person } from "../link/support/decided.ts";
import { connected } from "../link/support/host.ts";
import { host, server, useServerAndHost } from "../link/support/serverAndHost.ts";

useServerAndHost();

/** What the doctor says to a program. */
async function examined() {
  const { code, out } = await host.cli("doctor", "--json");
  const report = DoctorReport.parse(JSON.parse(out));
  const about = (subject: Subject) => report.findings.find((finding) => finding.subject === subject);
  return { code, report, about };
}

describe("the doctor", () => {
  test("tells the owner of a host that was never set up what to do first, and leaves nothing behind", async () => {
    const trials = () => readdirSync("/dev/shm").filter((name) => name.startsWith("slackwater-doctor"));
    host.configure({ actions: ["files.*", "luks.*"] });
    const { code, report, about } = await examined();
    expect(code).toBe(1);
    expect(about("server")).toMatchObject({ verdict: "missing", todo: expect.stringContaining("enroll --server URL") });
    expect(about("approvers")).toMatchObject({ verdict: "missing", todo: expect.stringContaining("trust add FILE") });
    expect(about("dmCrypt")?.verdict).toMatch(/^(ok|missing)$/);
    expect(report.missing_count).toBeGreaterThanOrEqual(2);
    expect(existsSync(host.stateDir)).toBe(false);
    expect(trials()).toEqual([]);
  });

  test("says of a host that is set up and connected that nothing is missing, and then ends with 0", async () => {
    host.configure({ actions: ["files.*", "host.facts"], approvers: [person("anna").pin] });
    await connected(server, host);
    const { code, report, about } = await examined();
    expect(about("server")).toMatchObject({ verdict: "ok", says: expect.stringContaining(server.url) });
    expect(about("clock")?.says).toContain("right by the server's");
    expect(about("approvers")).toMatchObject({ verdict: "note", says: expect.stringContaining("key of anna") });
    for (const subject of ["config", "state", "room", "runKeys", "secrets"] as const)
      expect([subject, about(subject)?.verdict]).toEqual([subject, "ok"]);
    // Whether a time service holds this machine's clock, and whether rsync is installed here, is not the test's to say.
    const missing = [...report.findings.filter(({ verdict }) => verdict === "missing").map(({ subject }) => subject)];
    expect(missing.filter((subject) => subject !== "clock")).toEqual([]);
    expect(code).toBe(report.missing_count === 0 ? 0 : 1);
    const said = (await host.cli("doctor")).out;
    expect(said).toMatch(/^ok {7}server {11}Connected to /m);
    expect(said).toMatch(
      /^ +luks\.create +not allowed: "actions" of agent\.yaml names neither luks\.create nor luks\.\*$/m,
    );
    if (report.missing_count === 0) expect(said).toMatch(/\nNothing is missing\.\n$/);
  });

  test("says in its own words that no agent runs, whether its server answers, and by which clock", async () => {
    const anHourAgo = () => new Date(Date.now() - 3_600_000).toUTCString();
    const site = createServer((_request, response) => response.setHeader("date", anHourAgo()).end());
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    const { port } = z.object({ port: z.int() }).parse(site.address());
    const known = { hostId: HostId.parse(randomUUID()), serverKey: Buffer.alloc(32).toString("base64") };
    const enrolledAt = Instant.parse(Date.now());
    writeEnrolment(openStateDirectory(host.stateDir, process.getuid?.() ?? 0), {
      ...{ version: 1, server: `http://127.0.0.1:${port}`, enrolledAt },
      ...known,
    });
    const up = await examined();
    expect(up.about("server")).toMatchObject({
      verdict: "missing",
      says: `No agent runs here, so nothing can be ordered; http://127.0.0.1:${port} answers.`,
      todo: expect.stringContaining("systemctl start slackwater-agent"),
    });
    expect(up.about("clock")?.says).toMatch(/^It is (3599|3600|3601)\.\d s ahead of the server's/);
    await new Promise((resolve) => site.close(resolve));
    expect((await examined()).about("server")?.says).toMatch(/does not answer \(.*ECONNREFUSED/);
  });

  test("names what of agent.yaml is not obeyed, unknown or without effect, and a disk without room", async () => {
    host.configure({
      actions: ["files.*", "files.mirror"],
      standing: ["luks.create", "backup.create"],
      ceilings: { outputMiB: 1_048_576 },
    });
    const { report, about } = await examined();
    const names = report.findings.filter(({ subject }) => subject === "names").map(({ says }) => says);
    expect(names).toEqual([
      "This agent has no files.mirror.",
      '"standing" does nothing for luks.create: it covers actions of class change alone.',
      'luks.create, backup.create is under "standing" and not under "actions".',
    ]);
    expect(about("room")?.says).toContain("free for the output of tasks");
    chmodSync(host.configFile, 0o666);
    const open = await examined();
    expect(open.about("config")).toMatchObject({
      verdict: "missing",
      says: expect.stringContaining("can be written by other users"),
      todo: expect.stringContaining("chmod 644"),
    });
    expect(open.report.actions.every(({ verdict }) => verdict === "notAllowed")).toBe(true);
  });

  test("takes a clock that is off from the server's for what it is, whatever the time service says", async () => {
    const context = createDirectContext({ signal: AbortSignal.timeout(10_000), now: () => Instant.parse(Date.now()) });
    expect(await clockHere({ ms: 12_000, unsureMs: 0 }, context)).toMatchObject({
      verdict: "missing",
      says: "It is 12.0 s behind the server's: decisions would count too early or too late here.",
    });
    expect((await clockHere({ ms: -6000, unsureMs: 1500 }, context)).says).toContain("6.0 s ahead of the server's");
    expect((await clockHere({ ms: 40, unsureMs: 0 }, context)).says).toContain("right by the server's");
  });
});
