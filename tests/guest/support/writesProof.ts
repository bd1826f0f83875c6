import { expect } from "vitest";
import type { Guest } from "../../../scripts/guest/guest.ts";
import { checkWrites, sql } from "./sampleGuest.ts";

/**
 * Looks at the guest's database itself: no write that the service ever acknowledged is missing, the client is still writing, and
 * what it writes now is kept too. Answers where the database lies.
 */
export async function proveWrites(guest: Guest): Promise<string> {
  const { acceptedCount, missingCount } = await checkWrites(guest);
  expect(missingCount).toBe(0);
  let now = await checkWrites(guest);
  for (const until = Date.now() + 60_000; now.acceptedCount < acceptedCount + 3 && Date.now() < until; )
    now = await checkWrites(guest);
  expect(now.acceptedCount).toBeGreaterThanOrEqual(acceptedCount + 3);
  expect(now.missingCount).toBe(0);
  expect(now.storedCount).toBeGreaterThanOrEqual(now.acceptedCount);
  return sql(guest, "show data_directory");
}
