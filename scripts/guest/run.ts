import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installGuestPackages, startGuest } from "./guest.ts";

/*
 * Runs one bash command in a guest of its own, which is gone afterwards, and ends with the command's exit status:
 *   node scripts/guest/run.ts [--memory-mib 1024] [--disk-mib 1024]... [--share <folder>]... [--port <port>]... '<command>'
 * Disks are /dev/ubdb, /dev/ubdc, …; ports are the host's, reached at the guest's own 127.0.0.1.
 */

const { values, positionals } = parseArgs({
  options: {
    "memory-mib": { type: "string", default: "1024" },
    "disk-mib": { type: "string", multiple: true, default: [] },
    share: { type: "string", multiple: true, default: [] },
    port: { type: "string", multiple: true, default: [] },
  },
  allowPositionals: true,
});
const log = (line: string): void => console.error(line);
await installGuestPackages(log);
const stateDirectory = await mkdtemp(join(tmpdir(), "slackwater-guest-"));
try {
  const guest = await startGuest({
    name: "guest",
    stateDirectory,
    memoryMiB: Number(values["memory-mib"]),
    disks: values["disk-mib"].map((mib, index) => ({ name: `disk${index}`, sizeBytes: Number(mib) * 1024 ** 2 })),
    shares: values.share,
    ports: values.port.map(Number),
    log,
  });
  const { exitCode } = await guest.exec(positionals.join(" "), { onOutput: (piece) => process.stdout.write(piece) });
  await guest.remove();
  process.exitCode = exitCode;
} finally {
  await rm(stateDirectory, { recursive: true, force: true });
}
