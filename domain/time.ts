import { z } from "zod";

export const Instant = z.int().min(0).max(8_640_000_000_000_000).brand<"Instant">();
/** A moment: integer milliseconds since 1970-01-01T00:00Z. Always passed in; nothing in domain/ reads a clock. */
export type Instant = z.infer<typeof Instant>;

export const DurationMs = z.int().min(0).max(31_622_400_000);
/** A length of time in milliseconds, at most 366 days. */
export type DurationMs = z.infer<typeof DurationMs>;

/** A time zone that there is: everything that is shown of a window is written in it, and none of it could be in another. */
export const IanaZone = z
  .string()
  .regex(/^(UTC|[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+)$/, "an IANA time zone such as Europe/Berlin")
  .refine(isKnownZone, "a time zone that is known here, such as Europe/Berlin");

function isKnownZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Reads a duration as runbooks write it (`90s`, `1.5m`, `1h30m`, `250ms`); undefined when it is none. */
export function parseDuration(text: string): DurationMs | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    const unitMs = unit === "ms" || unit === "s" || unit === "m" || unit === "h" || unit === "d" ? UNIT_MS[unit] : 0;
    totalMs += Number(amount) * unitMs;
  }
  const parsed = DurationMs.safeParse(Math.round(totalMs));
  return parsed.success ? parsed.data : undefined;
}

/** Later by a number of milliseconds. */
export function later(at: Instant, byMs: number): Instant {
  return Instant.parse(at + Math.round(byMs));
}
