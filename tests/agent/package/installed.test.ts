import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { fingerprintOf } from "../../../agent/identity.ts";
import { AGENT_VERSION } from "../../../agent/version.ts";
import { TaskId } from "../../../domain/ids.ts";
import { packAgent } from "../../../scripts/agentPackage/package.ts";
import { projectRoot } from "../../../scripts/projectFiles.ts";
import type { ThrowawayDebian } from "../../support/throwawayDebian.ts";
import { openDebian, whyNoDebian } from "../../support/throwawayDebian.ts";
import { waitUntil } from "../../support/waitUntil.ts";
import { decidedWindow, person } from "../link/support/decided.ts";
import type { FakeServer } from "../link/support/fakeServer.ts";
import { startFakeServer } from "../link/support/fakeServer.ts";
import { orderFor } from "../link/support/host.ts";

const because = whyNoDebian();
const NEWER = `${AGENT_VERSION}.1`;
const FILES = 7;
const BYTES_EACH = 300_000;

if (because === undefined) describe("the agent's package on a Debian with systemd", installed);
else test("the agent's package on a Debian with systemd", ({ skip }) => skip(because));

function installed(): void {
  const folder = mkdtempSync(join(tmpdir(), "slackwater-package-"));
  let server: FakeServer;
  let debian: ThrowawayDebian;

  beforeAll(async () => {
    server = await startFakeServer();
    const wish = { root: projectRoot, node: process.execPath, folder, sourceDate: 1_700_000_000, compression: 1 };
    const made = [AGENT_VERSION, NEWER].map((version) => packAgent({ ...wish, version }));
    debian = await openDebian(await Promise.all(made));
    namedBefore = await named();
  }, 180_000);
  afterAll(async () => {
    await debian?.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Everything by our name, where a package may put anything. */
  const named = () =>
    debian.must("find /etc /usr /lib/systemd /run /var/lib /var/log -xdev -iname '*slackwater*' | sort");
  let namedBefore: string;
  const deb = (version: string) => `/root/slackwater-agent_${version}_*.deb`;
  const version = () => debian.must("dpkg-query -W -f '${Version}' slackwater-agent");
  const write = (path: string, text: string) => debian.must(`cat > ${path} <<'EOF'\n${text}\nEOF`);

  test("brings its own Node, asks nothing, waits for its owner, and says how to go on", async () => {
    const said = await debian.must(`mv /usr/bin/node /usr/bin/node-away; dpkg -i ${deb(AGENT_VERSION)}`);
    expect(said).toContain("slackwater-agent enroll --server URL --token TOKEN");
    expect(await debian.must("systemctl is-enabled slackwater-agent")).toBe("enabled\n");
    expect((await debian.exec("systemctl is-active slackwater-agent")).output).toBe("inactive\n");
    expect(await debian.must("dpkg --verify slackwater-agent")).toBe("");
    expect(await debian.must("slackwater-agent idle")).toContain("idle:");
    await debian.must("cp /usr/share/slackwater-agent/agent.example.yaml /etc/slackwater/agent.yaml");
    expect((await debian.exec("slackwater-agent doctor")).output).toMatch(/^(ok|MISSING) +files\.copy/m);
  });

  test("a copy goes on over a restart and an upgrade, which is refused before it is forced", async () => {
    const anna = person("anna");
    await write(
      "/etc/slackwater/agent.yaml",
      stringify({ actions: ["files.*"], roots: { read: ["/srv"], write: ["/srv"] }, approvers: [anna.pin] }),
    );
    const make = `for i in $(seq ${FILES}); do head -c ${BYTES_EACH} /dev/urandom > /srv/old/$i; done`;
    await debian.must(`mkdir /srv/old && ${make}`);
    await debian.must(`slackwater-agent enroll --server ${server.url} --token ${server.token()}`);
    await debian.must("systemctl start slackwater-agent");
    await server.until("it is connected", () => server.isConnected);

    const fingerprint = fingerprintOf(server.enrolled[0]?.publicKey ?? "");
    const parameters = { source: "/srv/old", target: "/srv/new" };
    const window = decidedWindow({ fingerprint, parameters });
    const authority = window.authority([window.sign(anna)]);
    const order = (step: string, action: string, args: Record<string, unknown>) => {
      const frame = orderFor(action, args, { taskId: TaskId.parse(`${window.runId}.${step}`), authority });
      server.send(frame);
      return frame.order.taskId;
    };
    const listed = order("list.1", "files.manifest", { path: "/srv/old" });
    await server.until("the source is measured", () => server.reports.has(listed));
    expect(await debian.must("slackwater-agent idle")).toContain("idle:");

    // 2.1 MB at 70 KiB/s: half a minute.
    const copy = order("copy.1", "files.copy", { from: "/srv/old", to: "/srv/new", maxKiBps: FILES * 10 });
    const rsync = () => debian.exec("pgrep -o rsync").then(({ output }) => output.trim());
    await expect.poll(rsync, { timeout: 20_000 }).not.toBe("");
    const first = await rsync();
    const groupOfCopy = await debian.must(`cat /proc/${first}/cgroup`);
    expect(groupOfCopy).toMatch(
      new RegExp(`^0::/system.slice/slackwater-agent.service/slackwater-[0-9a-f]+/${copy}$`, "m"),
    );

    await debian.must("systemctl restart slackwater-agent");
    await server.until("the agent is back", () => server.hellos.length === 2 && server.isConnected);
    expect(await rsync()).toBe(first);
    expect(await debian.must(`cat /proc/${first}/cgroup`)).toBe(groupOfCopy);

    const refused = await debian.exec(`dpkg -i ${deb(NEWER)}`);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain(`window open  run ${window.runId}`);
    expect(refused.output).toContain(`running      ${copy} files.copy`);
    expect(refused.output).toContain("SLACKWATER_FORCE=1");
    expect([await version(), await rsync(), server.hellos.length]).toEqual([AGENT_VERSION, first, 2]);

    await debian.must(`SLACKWATER_FORCE=1 dpkg -i ${deb(NEWER)}`);
    await server.until("the newer agent is there", () => server.hellos.length === 3 && server.isConnected);
    expect([await version(), await rsync()]).toEqual([NEWER, first]);
    await server.until("the copy has ended", () => server.reports.has(copy), 60_000);
    expect(server.reports.get(copy)).toMatchObject([
      { outcome: "succeeded", result: { files_source: FILES, files_target: FILES, bytes_target: FILES * BYTES_EACH } },
    ]);
    expect(server.output(copy)).toMatchObject({ contradictions: 0, lostBytes: 0 });
    expect(await debian.must("diff -r /srv/old /srv/new && cat /var/log/slackwater-agent/agent.log")).toMatch(
      /began .*files\.copy.*taken up: .*files\.copy.*taken up: .*files\.copy.*ended .*files\.copy: succeeded/s,
    );

    // Between two tasks of a run the window is as open as in one.
    expect((await debian.exec("dpkg -r slackwater-agent")).output).toContain(`window open  run ${window.runId}`);
    server.send({ type: "endRun", runId: window.runId });
    const isIdle = () => debian.exec("slackwater-agent idle").then(({ code }) => code === 0);
    await waitUntil("the host is idle", isIdle, 20_000);
  }, 180_000);

  test("removed and purged, it has looked for what could be left, and so have we", async () => {
    expect((await debian.exec("slackwater-agent unenroll")).output).toContain("systemctl stop slackwater-agent");
    await debian.must("systemctl stop slackwater-agent && slackwater-agent unenroll && dpkg -r slackwater-agent");
    expect(server.left).toHaveLength(1);
    expect(await debian.must("ls /var/lib/slackwater-agent")).toBe("journal\n");
    const said = await debian.must("dpkg -P slackwater-agent");
    expect(said).toContain("nothing of it is left on this host: no file, no key, no process");
    expect(await named()).toBe(namedBefore);
    expect((await debian.exec("systemctl cat slackwater-agent")).output).toContain("No files found");
    expect((await debian.exec("pgrep -f '[/]usr/lib/slackwater-agent'")).output).toBe("");
  });
}
