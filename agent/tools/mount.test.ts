import fc from "fast-check";
import { expect, test } from "vitest";
import { findmntMountpointCall, findmntSourceCall, findmntTargetCall, parseFindmnt } from "./findmnt.ts";
import { mountCall, umountCall } from "./mount.ts";

// Captured from util-linux 2.38.1 of Debian 12.
const ON_CRYPT = `{
   "filesystems": [
      {
         "target": "/mnt/x",
         "source": "/dev/mapper/pgdata",
         "fstype": "ext4",
         "options": "rw,relatime"
      }
   ]
}
`;
const BIND = `{
   "filesystems": [
      {
         "target": "/tmp/ap/bm",
         "source": "/dev/vda[/tmp/ap/cs]",
         "fstype": "ext4",
         "options": "ro,relatime,discard"
      }
   ]
}
`;

test("a mount is read with device, type and options", () => {
  expect(parseFindmnt(ON_CRYPT)).toEqual([
    { target: "/mnt/x", source: "/dev/mapper/pgdata", fsType: "ext4", options: ["rw", "relatime"] },
  ]);
});

test("a bind mount names the device that it lies on", () => {
  expect(parseFindmnt(BIND)[0]).toMatchObject({ source: "/dev/vda", options: ["ro", "relatime", "discard"] });
});

test("no output is no mount, and anything else that is not findmnt's is refused by name", () => {
  expect(parseFindmnt("")).toEqual([]);
  expect(() => parseFindmnt("{}")).toThrow(/findmnt/);
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (text) => {
      if (text.trim() !== "") expect(() => parseFindmnt(text)).toThrow(/findmnt/);
    }),
  );
});

test("paths stand after --, nothing on the volume may be a device, and nothing is unmounted by force", () => {
  expect(mountCall("/dev/mapper/v", "/mnt/v").args).toEqual([
    "--types",
    "ext4",
    "--options",
    "noatime,nodev,nosuid",
    "--",
    "/dev/mapper/v",
    "/mnt/v",
  ]);
  expect(umountCall("-f").args).toEqual(["--", "-f"]);
  expect(findmntMountpointCall("/mnt").args.slice(-2)).toEqual(["--mountpoint", "/mnt"]);
  expect(findmntTargetCall("/mnt").args.slice(-2)).toEqual(["--target", "/mnt"]);
  expect(findmntSourceCall("/dev/x").args.slice(-2)).toEqual(["--source", "/dev/x"]);
});

test("a busy mount is told from one that is not there", () => {
  expect(umountCall("/mnt/x").failureOf?.(32, "umount: /mnt/x: target is busy.")).toBe("deviceInUse");
  expect(umountCall("/mnt/x").failureOf?.(32, "umount: /mnt/x: not mounted.")).toBe("programFailed");
  expect(mountCall("/a", "/b").failureOf?.(32, "mount: /b: special device /a does not exist.")).toBe("deviceMissing");
  expect(mountCall("/a", "/b").failureOf?.(32, "mount: /b: unknown filesystem type 'ext4'.")).toBe("kernelLacksModule");
});
