import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Guest } from "../../scripts/guest/guest.ts";
import { dmCryptWorksHere } from "../../scripts/guest/guest.ts";
import { buildShim } from "../../scripts/guest/guestShim.ts";
import { guestFolder, whySkipped } from "./support/guestTest.ts";
import { guestProcesses, hostProcesses, ownNetwork } from "./support/hostProcesses.ts";
import { must } from "./support/must.ts";

const run = promisify(execFile);
const DISK_BYTES = 96 * 1024 ** 2;
const CHEAP = "--pbkdf pbkdf2 --pbkdf-force-iterations 1000";

describe.skipIf(whySkipped)("a guest", () => {
  const guests = guestFolder();
  const { stateDirectory } = guests;
  const share = join(stateDirectory, "shared");
  const web = createServer((request, response) => response.end(`host has ${request.url}`));
  let guest: Guest;

  beforeAll(async () => {
    mkdirSync(share);
    web.listen(0, "127.0.0.1");
    await once(web, "listening");
    const ports = [(web.address() as AddressInfo).port];
    const disks = [{ name: "secret", sizeBytes: DISK_BYTES }];
    guest = await guests.start({ name: "main", disks, ports, shares: [share] });
  });
  afterAll(() => web.close());
  const fetchFromHost = () =>
    guest.exec(`curl -sS -m 3 http://127.0.0.1:${(web.address() as AddressInfo).port}/tide`, { timeoutMs: 8_000 });

  test("answers a command with its exit status and all that it wrote, in order", async () => {
    expect(await guest.exec("echo one; echo two >&2; printf three; exit 7")).toEqual({
      exitCode: 7,
      output: "one\ntwo\nthree",
      ended: "exited",
    });
    const pieces: string[] = [];
    await guest.exec("echo first; sleep 0.5; echo last", { onOutput: (piece) => pieces.push(piece.toString()) });
    expect(pieces).toEqual(["first\n", "last\n"]);
  });

  test("ends a command that overruns its time, and all its children", async () => {
    const late = await guest.exec("trap '' TERM; echo begun; sleep 4321 | sleep 4321; sleep 4321", {
      timeoutMs: 1_500,
    });
    expect(late).toEqual({ exitCode: 124, output: "begun\n", ended: "timedOut" });
    await expect.poll(async () => (await guest.exec("pgrep -fc '^sleep 4321'")).output.trim()).toBe("0");
  });

  test("sees the project and its Node at their own paths, and cgroup v2 with its controllers", async () => {
    expect(await must(guest, `cat ${import.meta.filename} | sha256sum; node --version`)).toBe(
      (await run("bash", ["-c", `sha256sum < ${import.meta.filename}; node --version`])).stdout,
    );
    expect(await must(guest, "cat /sys/fs/cgroup/cgroup.subtree_control")).toContain("memory pids");
  });

  test("makes a real LUKS2 volume: aes-xts-plain64, 512 bits, two key slots, opened by dm-crypt", async () => {
    await must(guest, `echo -n first >/var/first; echo -n second >/var/second; chmod 600 /var/first /var/second`);
    const format = `luksFormat -q --type luks2 --cipher aes-xts-plain64 --key-size 512 ${CHEAP} --key-file /var/first`;
    await must(guest, `cryptsetup ${format} /dev/ubdb`);
    await must(guest, `cryptsetup luksAddKey ${CHEAP} --key-file /var/first /dev/ubdb /var/second`);
    const dump = await must(guest, "cryptsetup luksDump /dev/ubdb");
    expect(dump).toMatch(/^Version:\s+2$/m);
    expect(dump).toMatch(/^\s+cipher: aes-xts-plain64$/m);
    expect(dump.match(/^\s+Key:\s+512 bits$/gm)).toHaveLength(2);
    expect(dump).toMatch(/^ {2}0: luks2$/m);
    expect(dump).toMatch(/^ {2}1: luks2$/m);

    await must(guest, "cryptsetup open --key-file /var/second /dev/ubdb secret && mkfs.ext4 -q /dev/mapper/secret");
    expect(await must(guest, "dmsetup table secret")).toMatch(/^0 \d+ crypt aes-xts-plain64 :64:logon:cryptsetup:/);
    const wrong = await guest.exec("echo -n wrong | cryptsetup open --test-passphrase --key-file - /dev/ubdb");
    expect(wrong.exitCode).toBe(2);
  });

  test("keeps on its disks what was written out when the power is cut, and loses what was not", async () => {
    await must(guest, "mkdir -p /secret && mount /dev/mapper/secret /secret");
    await must(guest, "echo kept-in-the-dark >/secret/kept; echo kept >/var/kept; sync; echo lost >/secret/lost");
    await guest.crash();
    expect(guest.isRunning()).toBe(false);
    expect(guestProcesses(stateDirectory)).toEqual([]);
    await expect(guest.exec("true")).rejects.toMatchObject({ code: "notRunning" });

    await guest.restart();
    expect(await must(guest, "cat /var/kept; ls /dev/mapper")).toBe("kept\ncontrol\n");
    await must(guest, "cryptsetup open --key-file /var/first /dev/ubdb secret && mount /dev/mapper/secret /secret");
    expect(await must(guest, "cat /secret/kept; ls /secret")).toBe("kept-in-the-dark\nkept\nlost+found\n");
    expect(readFileSync(guest.disks[0]!.imagePath).includes("kept-in-the-dark")).toBe(false);
  });

  test("writes everything out when it is stopped in good order", async () => {
    await must(guest, "echo late >/secret/late");
    const pid = await guest.launch(
      "trap 'echo told to end >>/var/told; exit' TERM; while :; do sleep 0.1; done",
      "/dev/null",
    );
    await must(guest, `kill -0 ${pid}; sleep 0.3`);
    await guest.stop();
    expect(guest.isRunning()).toBe(false);
    await guest.restart();
    await must(guest, "cryptsetup open --key-file /var/first /dev/ubdb secret && mount /dev/mapper/secret /secret");
    expect(await must(guest, "cat /secret/late /var/told")).toBe("late\ntold to end\n");
  });

  test("reaches the host's port until its cable is pulled, and again when it is plugged in", async () => {
    expect(await fetchFromHost()).toMatchObject({ exitCode: 0, output: "host has /tide" });
    await guest.network("off");
    expect(await fetchFromHost()).toMatchObject({ exitCode: 28 });
    await guest.network("on");
    expect(await fetchFromHost()).toMatchObject({ exitCode: 0, output: "host has /tide" });
  });

  test("shows the host a port of its own, also after a restart, until that is closed", async () => {
    const serve = `require("node:http").createServer((q, r) => r.end("guest has " + q.url)).listen(8099, "127.0.0.1")`;
    const forward = await guest.forward(8099);
    const read = async () => {
      await guest.launch(`node -e '${serve}'`, "/var/serve.log");
      const url = `http://127.0.0.1:${forward.hostPort}/tide`;
      const answer = () =>
        fetch(url)
          .then((r) => r.text())
          .catch(() => "");
      await expect.poll(answer).toBe("guest has /tide");
    };
    await read();
    await guest.restart();
    await read();
    await forward.close();
    await expect(fetch(`http://127.0.0.1:${forward.hostPort}/tide`)).rejects.toThrow();
  });

  test("stands still while it is paused", async () => {
    await guest.launch("while :; do echo tick; sleep 0.1; done", `${share}/ticks`);
    const size = () => readFileSync(join(share, "ticks")).length;
    await expect.poll(size).toBeGreaterThan(10);
    await guest.pause();
    const before = size();
    await pause(500);
    expect(size()).toBe(before);
    await guest.resume();
    await expect.poll(size).toBeGreaterThan(before);
  });

  test("writes to a shared folder of the host, and to nothing else of it", async () => {
    writeFileSync(join(share, "from-host"), "ebb");
    expect(await must(guest, `cat ${share}/from-host; echo -n flow >${share}/from-guest`)).toBe("ebb");
    expect(readFileSync(join(share, "from-guest"), "utf8")).toBe("flow");
    await must(guest, "echo mine >/etc/slackwater-guest-was-here");
    expect(existsSync("/etc/slackwater-guest-was-here")).toBe(false);
    expect((await guest.exec("touch /.host/etc/slackwater-guest-was-here")).output).toContain("Read-only file system");
  });

  test("finds dm-crypt working by really trying, and leaves nothing behind", async () => {
    const script = `import("${join(import.meta.dirname, "../../scripts/guest/dmCrypt.ts")}").then(async (m) => console.log(JSON.stringify(await m.dmCryptWorksHere())))`;
    expect(await must(guest, `node -e '${script}'`)).toBe('{"ok":true}\n');
    expect(await must(guest, "dmsetup ls; losetup -a; ls /tmp | grep dm-crypt; true")).toBe("No devices found\n");
  });

  test("is one of several: another has its own disks, name and network", async () => {
    const other = await guests.start({ name: "other", memoryMiB: 256 });
    expect((await other.exec("hostname; ls /var/first")).output).toMatch(/^other\nls: cannot access/);
    expect(await must(guest, "hostname")).toBe("main\n");
    const identities = [await must(other, "cat /etc/machine-id"), await must(guest, "cat /etc/machine-id")];
    expect(new Set([...identities, readFileSync("/etc/machine-id", "utf8")]).size).toBe(3);
  });

  test("leaves no process, no network and no file when it is removed", async () => {
    const brief = await guests.start({ name: "brief", memoryMiB: 256 });
    const folder = join(stateDirectory, "brief");
    const own = guestProcesses(folder);
    const networks = new Set(own.map((each) => each.network).filter((each) => each !== ownNetwork()));
    expect(networks.size).toBe(1);
    await brief.exec("true");
    await brief.remove();
    expect(guestProcesses(folder)).toEqual([]);
    expect(hostProcesses().filter((each) => networks.has(each.network))).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    expect((await run("ip", ["-br", "link"])).stdout).not.toMatch(/^(data|control)\b/m);
  });

  test("ends with the program that started it, even if that was killed", async () => {
    const folder = join(stateDirectory, "orphans");
    const holder = spawn(process.execPath, [join(import.meta.dirname, "support/holdGuest.ts"), folder]);
    onTestFinished(() => void holder.kill("SIGKILL"));
    await once(holder.stdout, "data");
    expect(guestProcesses(join(folder, "held")).length).toBeGreaterThan(3);
    holder.kill("SIGKILL");
    await expect.poll(() => guestProcesses(join(folder, "held"))).toEqual([]);
  });

  test("ends by itself when its time is up", async () => {
    const brief = await guests.start({ name: "timed", memoryMiB: 256, lifetimeMs: 10_000 });
    await expect.poll(() => brief.isRunning()).toBe(false);
    expect(guestProcesses(join(stateDirectory, "timed"))).toEqual([]);
  });

  test("starts on a processor with more floating point state than its kernel knows", async () => {
    const probe = join(stateDirectory, "probe");
    await run("gcc", ["-o", probe, join(import.meta.dirname, "support/xstateProbe.c")]);
    expect((await run(probe)).stdout).toBe("refused: Bad address\n"); // what the guest kernel would die of
    const env = { ...process.env, LD_PRELOAD: await buildShim(stateDirectory) };
    expect((await run(probe, { env })).stdout).toBe("set: arrived\n");
  });

  test.each(["Upper", "a/b", "", "a b"])("refuses the name %j", async (name) => {
    await expect(guests.start({ name })).rejects.toMatchObject({
      code: "badSetting",
    });
  });
});

test("what this machine says of its own dm-crypt is true of its kernel", async () => {
  const hasMapper = /device-mapper/.test(readFileSync("/proc/misc", "utf8"));
  const ability = await dmCryptWorksHere();
  if (!hasMapper) expect(ability).toEqual({ ok: false, because: expect.stringMatching(/device-mapper|root|dmsetup/) });
  else expect([true, false]).toContain(ability.ok);
});
