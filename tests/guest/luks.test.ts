import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Guest } from "../../scripts/guest/guest.ts";
import { projectRoot } from "../../scripts/projectFiles.ts";
import type { Act } from "./support/acting.ts";
import { actOn } from "./support/acting.ts";
import { guestFolder, whySkipped } from "./support/guestTest.ts";
import { must } from "./support/must.ts";

const MIB = 2 ** 20;
const cancelProgram = join(import.meta.dirname, "support/cancelOnHost.ts");
const SECRETS = { operational: "eight words of the one key holder", recovery: "eight words of the other key holder" };

describe.skipIf(whySkipped)("an encrypted volume", () => {
  const guests = guestFolder();
  let guest: Guest;

  const volume = (more: object = {}) => ({
    name: "tidal",
    backing: "file",
    path: "/var/volumes/tidal.img",
    mountPoint: "/srv/tidal",
    encryption: "luks2",
    ...more,
  });
  const run = (action: string, args: object, secrets: Record<string, string> = SECRETS): Act => ({
    do: "run",
    action,
    args,
    secrets,
  });
  const create = (more: object = {}, size: object = {}) =>
    run("luks.create", {
      volume: volume(more),
      sizeBytes: 40 * MIB,
      minFreePercent: 0,
      pbkdfIterations: 1000,
      ...size,
    });
  const inspect = (action: string, args: object): Act => ({ do: "inspect", action, args });
  const inspectCreate = (more: object = {}) =>
    inspect("luks.create", { volume: volume(more), sizeBytes: 40 * MIB, pbkdfIterations: 1000 });
  const shell = (command: string): Act => ({ do: "shell", command });
  const open = (more: object = {}, secrets?: Record<string, string>) =>
    run("luks.open", { volume: volume(more) }, secrets);
  const close = (more: object = {}) => run("luks.close", { volume: volume(more) });
  /** Everything that a volume can leave on a host. */
  const traces = shell(
    "losetup -n -O BACK-FILE; ls /dev/mapper | grep -v control; findmnt -rn -o TARGET | grep /srv; ls -A /var/volumes /srv /dev/shm",
  );
  const acts = (...list: Act[]) => actOn(guest, list);

  beforeAll(async () => {
    guest = await guests.start({ name: "luks" });
    await must(guest, "mkdir -p /var/volumes");
  });
  afterEach(async () => {
    await must(
      guest,
      "umount -q /srv/tidal; for m in /dev/mapper/*; do test $m = /dev/mapper/control || cryptsetup close ${m##*/}; done; losetup -D; chattr -i /srv/* 2>/dev/null; rm -rf /srv/* /var/volumes/* /var/lib/slackwater; true",
    );
  });

  test("is opened by each of its two passphrases in its own slot, its header is kept, and closed it leaves no trace", async () => {
    const identity = await generateIdentity();
    const testSlot = (slot: number, secret: string) => run("luks.testSlot", { volume: volume(), slot, secret });
    const [made, ...slots] = await acts(
      create(),
      testSlot(0, "operational"),
      testSlot(1, "recovery"),
      testSlot(0, "recovery"),
      testSlot(1, "operational"),
      testSlot(5, "operational"),
    );
    expect(made?.result).toMatchObject({
      encrypted: "luks2",
      cipher: "aes-xts-plain64",
      key_bits: 512,
      slots_used: [0, 1],
    });
    expect(slots.map(({ result }) => result?.opens)).toEqual([true, true, false, false, false]);

    const backup = {
      volume: volume(),
      directory: "/var/volumes/kept",
      recipients: await identityToRecipient(identity),
    };
    const [kept, status, closed, looked, left] = await acts(
      run("luks.headerBackup", backup),
      run("luks.status", { volume: volume() }),
      close(),
      inspect("luks.close", { volume: volume() }),
      traces,
    );
    expect(kept?.result).toMatchObject({
      is_tested: true,
      recipients_count: 1,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await must(guest, `head -c 18 ${kept?.result?.path}; sha256sum < ${kept?.result?.path}`)).toBe(
      `age-encryption.org${kept?.result?.sha256}  -\n`,
    );
    expect(status?.result).toMatchObject({ is_active: true, is_mounted: true, is_writable: true, has_marker: true });
    expect(closed?.result).toMatchObject({ is_closed: true, was_mounted: true, exists: true });
    expect(looked?.result).toMatchObject({ state: "done", result: { exists: true } });
    expect(left?.output).toBe("/dev/shm:\n\n/srv:\ntidal\n\n/var/volumes:\nkept\ntidal.img");
  });

  test("is not opened by another passphrase: the error says so, and nothing is left open", async () => {
    const [, , wrong, status, left] = await acts(
      create(),
      close(),
      open({}, { operational: "somebody else's eight words" }),
      run("luks.status", { volume: volume() }),
      traces,
    );
    expect(wrong?.failure).toMatchObject({ code: "wrongPassphrase", message: expect.stringContaining("cryptsetup") });
    expect(status?.result).toMatchObject({ exists: true, is_active: false, is_mounted: false });
    expect(left?.output).toBe("/dev/shm:\n\n/srv:\ntidal\n\n/var/volumes:\ntidal.img");
  });

  test("is never made over an image, a mapping or a mount that is there, and what has the place is neither closed nor removed", async () => {
    const sum = shell("sha256sum < /var/volumes/tidal.img");
    const other = { path: "/var/volumes/other.img", mountPoint: "/srv/other" };
    const [, overMapping, inspectMapping, closeMapping, overMount, inspectMount, closeMount, still, left] = await acts(
      create(),
      create(other),
      inspectCreate(other),
      close(other),
      create({ name: "neap", path: other.path }),
      inspectCreate({ name: "neap", path: other.path }),
      close({ name: "neap", path: other.path }),
      run("luks.status", { volume: volume() }),
      traces,
    );
    expect(overMapping?.failure).toEqual({
      code: "volumeExists",
      message: "/dev/mapper/tidal is there already. Nothing was changed.",
    });
    expect(overMount?.failure).toEqual({
      code: "volumeExists",
      message: "/srv/tidal is mounted already, by /dev/mapper/tidal. Nothing was changed.",
    });
    expect([inspectMapping?.result, inspectMount?.result]).toEqual([{ state: "notBegun" }, { state: "notBegun" }]);
    expect(closeMapping?.log.join("\n")).toContain("not our volume; it is left alone");
    expect(closeMount?.log.join("\n")).toContain("not our volume; it is left alone");
    expect(still?.result).toMatchObject({ is_active: true, is_mounted: true, has_marker: true });
    expect(left?.output).toBe(
      "/var/volumes/tidal.img\ntidal\n/srv/tidal\n/dev/shm:\n\n/srv:\ntidal\n\n/var/volumes:\ntidal.img",
    );

    const [, before, overImage, inspectImage, after, opened] = await acts(
      close(),
      sum,
      create(),
      inspectCreate(),
      sum,
      open(),
    );
    expect(overImage?.failure).toEqual({
      code: "volumeExists",
      message: "/var/volumes/tidal.img is there already. Nothing was changed.",
    });
    expect(inspectImage?.result).toEqual({ state: "notBegun" });
    expect(after?.output).toBe(before?.output);
    expect(opened?.result).toMatchObject({ is_mounted: true, has_marker: true, was_open: false });
  });

  test("is not opened where something else is mounted or has its name, and says what", async () => {
    const [, , , mounted, , , named, left] = await acts(
      create(),
      close(),
      shell("mount -t tmpfs foreign /srv/tidal"),
      open(),
      shell("umount /srv/tidal"),
      shell(
        "truncate -s 1M /var/volumes/small && L=$(losetup -f --show /var/volumes/small) && echo 0 2048 linear $L 0 | dmsetup create tidal",
      ),
      open(),
      shell("dmsetup table tidal | cut -d' ' -f3; findmnt -rn /srv/tidal; dmsetup remove tidal; losetup -D"),
    );
    expect(mounted?.failure).toMatchObject({
      code: "deviceInUse",
      message: expect.stringMatching(/^foreign is mounted on \/srv\/tidal.*Unmount it there, then retry\.$/),
    });
    expect(named?.failure).toMatchObject({
      code: "volumeExists",
      message: expect.stringMatching(
        /^\/dev\/mapper\/tidal is there already, on .* and not on \/var\/volumes\/tidal\.img/,
      ),
    });
    expect(left?.output).toBe("linear");
  });

  test("is not closed while a program works in it, and says which; then it is", async () => {
    const [, busy, looked, , closed] = await acts(
      create(),
      shell("(cd /srv/tidal/data && exec setsid sleep 300 >/dev/null 2>&1) & sleep 0.3; pgrep -x sleep"),
      close(),
      inspect("luks.close", { volume: volume() }),
      shell("kill $(pgrep -x sleep); sleep 0.2"),
      close(),
    ).then(([, pid, refused, ...rest]) => [pid, refused, ...rest]);
    expect(busy?.failure).toEqual({
      code: "deviceInUse",
      message: expect.stringMatching(
        /^sleep \(\d+\) has \/srv\/tidal\/data open: \/srv\/tidal can't be unmounted\. End that program, then retry\.$/,
      ),
    });
    expect(looked?.result).toEqual({ state: "notBegun" });
    expect(closed?.result).toMatchObject({ is_closed: true, was_mounted: true });
  });

  test("that does not fit on the disk is refused, or taken back: no image, mapping, mount or folder is left", async () => {
    const small = { path: "/srv/small/tidal.img" };
    const [, plain, , tooLarge, , , left] = await acts(
      shell("mkdir -p /srv/small && mount -t tmpfs -o size=64m small /srv/small"),
      create(small, { sizeBytes: 80 * MIB }),
      // So much is free that it passes the first look; who fills the disk meanwhile is met by fallocate.
      shell("dd if=/dev/zero of=/srv/small/filler bs=1M count=30 status=none"),
      create(small, { sizeBytes: 40 * MIB }),
      shell("ls /srv/small; umount /srv/small; rmdir /srv/small"),
      inspectCreate(small),
      traces,
    );
    for (const end of [plain, tooLarge])
      expect(end?.failure).toMatchObject({ code: "diskFull", message: expect.stringContaining(small.path) });
    expect(left?.output).toBe("/dev/shm:\n\n/srv:\n\n/var/volumes:");
  });

  test("whose making is cancelled between its opening and its mounting: the receipt names what is left, and the next attempt takes it back", async () => {
    const args = { volume: volume(), sizeBytes: 40 * MIB, minFreePercent: 0, pbkdfIterations: 1000 };
    const words = JSON.stringify({ args, secrets: SECRETS });
    const said = await must(guest, `cd ${projectRoot} && node ${cancelProgram} '${words}'`, 120_000);
    const [cancelled, again] = said
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
    expect(cancelled).toMatchObject({ outcome: "cancelled" });
    expect(cancelled.receipt.ended).toContainEqual(
      expect.objectContaining({ command: expect.stringMatching(/sleep/) }),
    );
    expect(cancelled.receipt.left).toEqual([
      {
        kind: "mapping",
        what: "/dev/mapper/tidal, on /var/volumes/tidal.img",
        cleanUp: "cryptsetup close tidal",
      },
      {
        kind: "partialFiles",
        what: "/var/volumes/tidal.img, begun and not finished",
        cleanUp: "Retry the step, which takes it back and makes it anew, or: rm -- /var/volumes/tidal.img",
      },
    ]);
    expect(again).toMatchObject({ outcome: "succeeded", result: { is_mounted: true, slots_used: [0, 1] } });
  });

  test("says which package to install where cryptsetup or rsync is missing, and leaves nothing half made", async () => {
    const copy = run("files.copy", { from: "/etc/default", to: "/srv/copy" });
    const [, noCryptsetup, noRsync, tools, , left, made] = await acts(
      shell("for p in /usr/sbin/cryptsetup /usr/bin/rsync; do mv $p $p.away; done"),
      create(),
      copy,
      run("host.prerequisites", { kind: "plain", encryption: "luks2", binDir: "/usr/lib/postgresql/15/bin" }),
      shell("for p in /usr/sbin/cryptsetup /usr/bin/rsync; do mv $p.away $p; done; rm -rf /srv/copy"),
      traces,
      create(),
    );
    expect(noCryptsetup?.failure).toMatchObject({
      code: "toolMissing",
      message: expect.stringContaining("cryptsetup-bin"),
    });
    expect(noRsync?.failure).toMatchObject({ code: "toolMissing", message: expect.stringMatching(/rsync/) });
    expect(tools?.result).toMatchObject({
      ok: false,
      missing: ["rsync", "cryptsetup"],
      packages: ["rsync", "cryptsetup-bin"],
    });
    expect(left?.output).toBe("/dev/shm:\n\n/srv:\n\n/var/volumes:");
    expect(made?.result).toMatchObject({ is_mounted: true });
  });
});
