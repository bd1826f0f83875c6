import { randomBytes } from "node:crypto";
import { open } from "node:fs/promises";

/** Whether a device gives back what is written to it: one block of 4 KiB at its beginning, which is gone with that. */
export async function givesBack(device: string): Promise<boolean> {
  const written = randomBytes(4096);
  const file = await open(device, "r+");
  try {
    await file.write(written, 0, written.length, 0);
    await file.sync();
    const { buffer } = await file.read(Buffer.alloc(written.length), 0, written.length, 0);
    return buffer.equals(written);
  } finally {
    await file.close();
  }
}
