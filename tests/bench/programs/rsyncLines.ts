/**
 * Writes what `rsync --info=progress2` writes, line for line, with the moment of writing as its count of bytes: microseconds of
 * CLOCK_MONOTONIC, which all processes of a machine share. Arguments: how many lines, ms between them.
 */
const [lines = 0, everyMs = 0] = process.argv.slice(2).map(Number);
let written = 0;

function write(): void {
  written += 1;
  const stampUs = process.hrtime.bigint() / 1000n;
  const bytes = stampUs.toLocaleString("en-US").padStart(15);
  const left = String(lines - written);
  process.stdout.write(
    `${bytes}  ${Math.floor((written / lines) * 99)}%  104.86MB/s    0:08:32 (xfr#${written}, to-chk=${left}/4096)\r`,
  );
  if (written === lines) clearInterval(timer);
}
const timer = setInterval(write, everyMs);
