/**
 * Measures out work at a rate: so much flows in each second, and work takes it out. Pure: times are milliseconds of a monotonic clock that
 * is passed in. What is taken may be more than is there (a slice of work is known only afterwards); the debt is then waited off.
 */
export interface TokenBucket {
  readonly tokens: number;
  readonly atMs: number;
}

/**
 * So much may be saved up. On a host under load everything comes late, and what was missed is made up for; but work that was held up
 * elsewhere for a minute must not make up for it in one burst. A tenth of ten seconds, over which a rate has to be right.
 */
export const MOST_SAVED_MS = 1_000;
/** So much may be owed: one wild measurement must not make a task stand for hours. */
export const MOST_OWED_MS = 5_000;

/** An empty bucket. */
export function emptyBucket(atMs: number): TokenBucket {
  return { tokens: 0, atMs };
}

/** The bucket at a later moment. */
export function filled({ tokens, atMs }: TokenBucket, perSecond: number, nowMs: number): TokenBucket {
  const passedMs = Math.max(0, nowMs - atMs);
  return {
    tokens: Math.min((perSecond * MOST_SAVED_MS) / 1000, tokens + (perSecond * passedMs) / 1000),
    atMs: Math.max(atMs, nowMs),
  };
}

/** The bucket after so much was done. */
export function taken({ tokens, atMs }: TokenBucket, amount: number, perSecond: number): TokenBucket {
  return { tokens: Math.max(-(perSecond * MOST_OWED_MS) / 1000, tokens - amount), atMs };
}

/** How long until the bucket holds `amount`, ms. */
export function waitMs({ tokens }: TokenBucket, amount: number, perSecond: number): number {
  return Math.max(0, ((amount - tokens) / perSecond) * 1000);
}
