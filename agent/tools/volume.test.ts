import fc from "fast-check";
import { expect, test } from "vitest";
import { blkidProbeCall, contentOf } from "./blkid.ts";
import { chattrImmutableCall } from "./chattr.ts";
import { dmTableCall, parseDmTable } from "./dmsetup.ts";
import { fallocateCall } from "./fallocate.ts";
import { attachLoopCall, loopsOfCall, parseLoops } from "./losetup.ts";
import { lsblkInverseCall, parseLsblkChain } from "./lsblk.ts";
import { mkfsExt4Call } from "./mkfs.ts";

// All outputs captured from Debian 12: util-linux 2.38.1, dmsetup 1.02.185, a LUKS2 volume in a guest with dm-crypt.
const LOOPS = `{
   "loopdevices": [
      {
         "name": "/dev/loop0",
         "back-file": "/root/v.img"
      }
   ]
}
`;
const INVERSE = `{
   "blockdevices": [
      {
         "name": "/dev/mapper/pgdata",
         "type": "crypt",
         "children": [
            {
               "name": "/dev/loop0",
               "type": "loop"
            }
         ]
      }
   ]
}
`;
const DM_TABLE =
  "0 98304 crypt aes-xts-plain64 :64:logon:cryptsetup:be8c3909-028b-4739-8564-add97df8bec4-d0 0 7:0 32768 1 sector_size:4096\n";

test("an image is allocated to the byte, and one that does not fit says that the disk is full", () => {
  const call = fallocateCall("/var/lib/v.img", 12_884_901_888);
  expect(call.args).toEqual(["--length", "12884901888", "--", "/var/lib/v.img"]);
  expect(call.failureOf?.(1, "fallocate: fallocate failed: No space left on device")).toBe("diskFull");
  expect(call.failureOf?.(1, "fallocate: fallocate failed: File too large")).toBe("diskFull");
});

test("the loop device of an image is found, and an image that is attached nowhere has none", () => {
  expect(parseLoops(LOOPS)).toEqual([{ device: "/dev/loop0", file: "/root/v.img" }]);
  expect(parseLoops("")).toEqual([]);
  expect(parseLoops('{\n   "loopdevices": [\n\n   ]\n}\n')).toEqual([]);
  expect(loopsOfCall("/root/v.img").args.slice(-2)).toEqual(["--associated", "/root/v.img"]);
});

test("a host without loop devices is told from an image that is not there", () => {
  const { failureOf } = attachLoopCall("/v.img", true);
  expect(failureOf?.(1, "losetup: cannot find an unused loop device: No such file or directory")).toBe(
    "kernelLacksModule",
  );
  expect(failureOf?.(1, "losetup: /v.img: failed to set up loop device: No such file or directory")).toBe(
    "deviceMissing",
  );
});

test("a dm-crypt mapping tells its cipher and the device below it, and its key is not in the table", () => {
  expect(parseDmTable(DM_TABLE)).toEqual([{ kind: "crypt", cipher: "aes-xts-plain64", below: "7:0" }]);
  expect(parseDmTable("0 98304 linear 7:0 2048\n")).toEqual([{ kind: "linear", below: "7:0" }]);
  expect(parseDmTable("No devices found\n")).toEqual([]);
});

test("a host without device-mapper is told from a mapping that is not there", () => {
  const { failureOf } = dmTableCall("x");
  expect(failureOf?.(1, "/dev/mapper/control: open failed: No such device")).toBe("kernelLacksModule");
  expect(failureOf?.(1, "device-mapper: table ioctl on x  failed: No such device or address")).toBe("deviceMissing");
});

test("the chain of devices below a volume is read from the top down, each once", () => {
  expect(parseLsblkChain(INVERSE)).toEqual([
    { name: "/dev/mapper/pgdata", type: "crypt" },
    { name: "/dev/loop0", type: "loop" },
  ]);
  expect(lsblkInverseCall("-x").args.slice(-2)).toEqual(["--", "-x"]);
});

test("a file system keeps no blocks for root, and a mounted device is refused", () => {
  const { args, failureOf } = mkfsExt4Call("/dev/mapper/v", "slackwater-and-more");
  expect(args).toContain("slackwater-and-m");
  expect(args.slice(-2)).toEqual(["--", "/dev/mapper/v"]);
  expect(failureOf?.(1, "/dev/sdb1 is mounted; will not make a filesystem here!")).toBe("deviceInUse");
});

test("what a device holds is read by its content; an empty one holds nothing", () => {
  expect(contentOf("DEVNAME=/tmp/v.img\nUUID=5cae9c97\nVERSION=2\nTYPE=crypto_LUKS\nUSAGE=crypto\n")).toBe(
    "crypto_LUKS",
  );
  expect(contentOf("DEVNAME=/dev/sda\nPTUUID=4c1a\nPTTYPE=gpt\n")).toBe("gpt");
  expect(contentOf("")).toBeUndefined();
  expect(blkidProbeCall("/dev/x").acceptExitCodes).toEqual([0, 2]);
});

test("a mount point is made immutable and free again", () => {
  expect(chattrImmutableCall("/mnt/x", true).args).toEqual(["+i", "--", "/mnt/x"]);
  expect(chattrImmutableCall("/mnt/x", false).args).toEqual(["-i", "--", "/mnt/x"]);
});

test("whatever these programs print, it is read, or refused by the program's name", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      parseDmTable(text);
      contentOf(text);
      for (const [parse, name] of [
        [parseLoops, "losetup"],
        [parseLsblkChain, "lsblk"],
      ] as const) {
        try {
          parse(text);
        } catch (error) {
          expect(error).toMatchObject({ code: "outputUnreadable", message: expect.stringContaining(name) });
        }
      }
    }),
  );
});
