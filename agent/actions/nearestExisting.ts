import { access } from "node:fs/promises";
import { dirname } from "node:path";

/** The path itself, or the nearest folder above it that exists: where something that is still to be made will lie. */
export async function nearestExisting(path: string): Promise<string> {
  for (let there = path; ; there = dirname(there)) {
    const exists = await access(there).then(
      () => true,
      () => false,
    );
    if (exists || there === "/") return there;
  }
}
