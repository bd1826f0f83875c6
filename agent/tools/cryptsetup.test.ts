import fc from "fast-check";
import { expect, test } from "vitest";
import {
  isLuksCall,
  luksAddKeyCall,
  luksCloseCall,
  luksFormatCall,
  luksOpenCall,
  parseLuksMetadata,
  parseLuksStatus,
  testPassphraseCall,
} from "./cryptsetup.ts";

// Captured from cryptsetup 2.6.1 of Debian 12; the header dump shortened to what is read.
const DUMP = `{
  "keyslots":{
    "1":{"type":"luks2","key_size":64,"area":{"type":"raw","offset":"290816","size":"258048","encryption":"aes-xts-plain64","key_size":64},
      "kdf":{"type":"argon2id","time":4,"memory":1048576,"cpus":2,"salt":"LONFoPVr4A3kjpaxK+20JzBcCH+y5xzUE7tooChub5A="}},
    "0":{"type":"luks2","key_size":64,"area":{"type":"raw","offset":"32768","size":"258048","encryption":"aes-xts-plain64","key_size":64},
      "kdf":{"type":"pbkdf2","hash":"sha256","iterations":1000,"salt":"w3B6ERkj3Fi3CjieaHo4/Bx7GwVuWtxgQ6Dr1dqFhH8="}}
  },
  "tokens":{},
  "segments":{"0":{"type":"crypt","offset":"16777216","size":"dynamic","iv_tweak":"0","encryption":"aes-xts-plain64","sector_size":4096}},
  "digests":{},
  "config":{"json_size":"12288","keyslots_size":"16744448"}
}`;

const STATUS = `/dev/mapper/pgdata is active and is in use.
  type:    LUKS2
  cipher:  aes-xts-plain64
  keysize: 512 bits
  key location: keyring
  device:  /dev/loop0
  loop:    /root/v.img
  sector size:  4096
  offset:  32768 sectors
  size:    98304 sectors
  mode:    read/write
`;

test("a key size that no key has counts as none, whatever a status says", () => {
  expect(parseLuksStatus(STATUS.replace("512 bits", `${"1".repeat(400)} bits`))?.keyBits).toBe(0);
  expect(parseLuksStatus(STATUS)?.keyBits).toBe(512);
});

test("a volume is formatted as LUKS2, aes-xts-plain64, 512 bits, and the key is nowhere in the arguments", () => {
  expect(luksFormatCall("/var/lib/v.img", { pbkdfIterations: 0, label: "pgdata" }).args.join(" ")).toBe(
    "--batch-mode luksFormat --type luks2 --cipher aes-xts-plain64 --key-size 512 --hash sha256 --label pgdata --key-slot 0 --pbkdf argon2id --key-file /dev/fd/3 -- /var/lib/v.img",
  );
});

test("the recovery key is added from a descriptor of its own, into the slot that is named", () => {
  const { args } = luksAddKeyCall("/dev/sdb1", 1, { pbkdfIterations: 1000 });
  expect(args.join(" ")).toBe(
    "--batch-mode luksAddKey --key-slot 1 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file /dev/fd/3 --new-keyfile /dev/fd/4 -- /dev/sdb1",
  );
});

test("a device that looks like an option is still a device", () => {
  for (const call of [luksOpenCall("--key-file=x", "v"), luksCloseCall("-q"), isLuksCall("--help")]) {
    expect(call.args.indexOf("--")).toBeLessThan(call.args.findIndex((arg) => /^(--key-file=x|-q|--help)$/.test(arg)));
  }
});

test("the header tells cipher, key length and which slots hold a key", () => {
  expect(parseLuksMetadata(DUMP)).toEqual({ cipher: "aes-xts-plain64", keyBits: 512, slots: [0, 1] });
});

test("a dump that is no LUKS2 header is refused, whatever it is", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(() => parseLuksMetadata(text)).toThrow(/luksDump/);
    }),
  );
});

test("the state of an open mapping is read, and one that is not there is no mapping", () => {
  const open = { type: "LUKS2", cipher: "aes-xts-plain64", keyBits: 512, device: "/dev/loop0", loop: "/root/v.img" };
  expect(parseLuksStatus(STATUS)).toEqual(open);
  expect(parseLuksStatus(STATUS.replace(" and is in use", ""))).toEqual(open);
  expect(parseLuksStatus("/dev/mapper/nothere is inactive.\n")).toBeUndefined();
});

test("each way to fail has its own name: wrong passphrase, no kernel module, in use, there already", () => {
  const { failureOf } = luksOpenCall("/dev/x", "v");
  expect(failureOf?.(2, "No key available with this passphrase.")).toBe("wrongPassphrase");
  expect(failureOf?.(1, "Cannot initialize device-mapper. Is dm_mod kernel module loaded?")).toBe("kernelLacksModule");
  expect(failureOf?.(5, "Device pgdata is still in use.")).toBe("deviceInUse");
  expect(failureOf?.(5, "Device pgdata already exists.")).toBe("volumeExists");
  expect(failureOf?.(1, "Key slot 1 is full, please select another one.")).toBe("volumeExists");
  expect(failureOf?.(4, "Device nothere does not exist or access denied.")).toBe("deviceMissing");
  expect(failureOf?.(1, "Device k1 is not a valid LUKS device.")).toBe("deviceMissing");
  expect(testPassphraseCall("/dev/x", 1).acceptExitCodes).toEqual([0, 1, 2]);
});
