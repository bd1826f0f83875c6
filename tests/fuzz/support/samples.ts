/** What the programs really print, shortened, by the name of the function that reads it: the beginning of every change. */
export const OUTPUTS: Readonly<Record<string, readonly string[]>> = {
  parseLuksMetadata: [
    '{"keyslots":{"1":{"type":"luks2","key_size":64},"0":{"type":"luks2","key_size":64}},"tokens":{},"segments":{"0":{"type":"crypt","offset":"16777216","encryption":"aes-xts-plain64"}},"digests":{}}',
  ],
  parseLuksStatus: [
    "/dev/mapper/pgdata is active and is in use.\n  type:    LUKS2\n  cipher:  aes-xts-plain64\n  keysize: 512 bits\n  device:  /dev/loop0\n  loop:    /root/v.img\n",
    "/dev/mapper/pgdata is inactive.\n",
  ],
  parseDmTable: [
    "0 98304 crypt aes-xts-plain64 :64:logon:cryptsetup:be8c-d0 0 7:0 32768 1 sector_size:4096\n",
    "0 1 linear 8:1 0\n",
  ],
  parseFindmnt: [
    '{"filesystems":[{"target":"/mnt/x","source":"/dev/vda[/tmp/ap/cs]","fstype":"ext4","options":"rw,relatime"}]}',
  ],
  parseLoops: [
    '{"loopdevices":[{"name":"/dev/loop0","back-file":"/root/v.img"},{"name":"/dev/loop1","back-file":null}]}',
  ],
  parseLsblkChain: [
    '{"blockdevices":[{"name":"/dev/mapper/pgdata","type":"crypt","children":[{"name":"/dev/loop0","type":"loop"}]}]}',
  ],
  contentOf: ["DEVNAME=/dev/sdb\nUUID=1\nTYPE=ext4\nUSAGE=filesystem\n", "PTTYPE=gpt\n"],
  parseControldata: [
    "pg_control version number:            1300\nDatabase system identifier:           7710474220688028617\nDatabase cluster state:               shut down\n",
    "WARNING: Calculated CRC checksum does not match value stored in file.\n\nDatabase cluster state:               in production\n",
  ],
  parseContainer: [
    '[{"Id":"a06a","Name":"/pg","Image":"sha256:1","State":{"Running":true,"Pid":7811,"ExitCode":0},"HostConfig":{"NetworkMode":"none","RestartPolicy":{"Name":"always","MaximumRetryCount":0},"PortBindings":{"5432/tcp":[{"HostIp":"","HostPort":"5432"}]},"ShmSize":67108864},"Mounts":[{"Type":"bind","Source":"/srv/pg","Destination":"/var/lib/postgresql/data","RW":true}],"Config":{"Env":["PGDATA=/var/lib/postgresql/data"],"Cmd":["postgres"],"Image":"postgres:17"}}]',
  ],
  parseRsyncLine: [
    "     32,768  99%   31.12kB/s    0:00:01 (xfr#3, to-chk=2/6)",
    "  1,048,576   3%  100.12MB/s  ??:??:?? (xfr#3, ir-chk=2/6)",
    "file:123456:base/1/a\\#012b",
    "deleting .pg_control.Xa81",
  ],
  rsyncName: ["base/1/a\\#012b\\#377"],
  parseRsyncStats: [
    "Number of files: 306 (reg: 304, dir: 2)\nNumber of deleted files: 3 (reg: 2, dir: 1)\nNumber of regular files transferred: 304\nTotal file size: 30,001,095 bytes\nTotal transferred file size: 30,001,095 bytes\n",
  ],
  parseTimeSync: ["yes\n", "no\n"],
  parseCpuTicks: ["cpu  100 5 45 800 40 3 2 5 0 0\ncpu0 100 5 45 800 40 3 2 5 0 0\nintr 1\n"],
  parseLoad1: ["1.25 0.90 0.42 2/310 4711\n"],
  parseMemory: ["MemTotal:       24684092 kB\nMemFree:         1000 kB\nMemAvailable:   20000000 kB\n"],
  parseDisks: [
    "   8       0 sda 100 0 2000 50 200 0 4000 60 0 700 110 0 0 0 0 0 0\n 259       0 nvme0n1 1 0 8 1 1 0 16 1 0 2 2\n",
  ],
  parseNetwork: ["Inter-|   Receive\n    lo: 999 1 0 0 0 0 0 0 999 1 0\n  eth0: 1000 2 0 0 0 0 0 0 300 2 0 0\n"],
  benchmarkSpeeds: [
    "#     Algorithm |       Key |      Encryption |      Decryption\n        aes-xts        512b      2110.9 MiB/s      2152.4 MiB/s\n",
  ],
  troubleLines: [
    "[   12.345678] blk_update_request: I/O error, dev sda, sector 2048\n[   13.000000] EXT4-fs error (device sda1): bad\n",
  ],
  availableMemory: ["MemAvailable:   20000000 kB\n"],
  hasAes: ["flags\t\t: fpu vme aes avx\n"],
  momentOf: [
    "2026-12-03 02:36:28.123 CET [811] FATAL:  x",
    "[2026-12-03T02:36:28,5+05:30] x",
    "2026-12-03 02:36:28 UTC x",
  ],
  judgeLines: [
    "2026-12-03 02:36:28 UTC [1] PANIC:  could not write file\n2026 ERROR: x\n2026 FATAL:  terminating connection\n",
  ],
  dataDirectoryIn: [
    "# x\ndata_directory = '/var/lib/postgresql/17/main' # note\nport = 5432\n",
    "data_directory '/a''b'\n",
  ],
};

/** What a program may print that has no sample of its own yet: JSON, and lines of names and values. */
export const ANY_OUTPUT: readonly string[] = [
  '{"items":[{"name":"a","kind":"Pod","status":{"phase":"Running","count":2}}],"total":1}',
  '[{"Name":"a","State":"running","Ports":[]}]',
  "NAME=a\nSTATE=ok\ncount: 3\nother value  7 MB/s  99%\n",
];
