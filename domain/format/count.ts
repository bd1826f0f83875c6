let grouped: Intl.NumberFormat | undefined;

/** A whole number with thousands grouped: 1842 → "1,842". */
export function formatCount(count: number): string {
  // Made with the first count: it brings six megabytes of the world's languages into a process, and an agent at rest counts nothing.
  grouped ??= new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
  return grouped.format(count);
}

/** How many of how many: "1,842 of 3,017". */
export function formatCountOf(done: number, total: number): string {
  return `${formatCount(done)} of ${formatCount(total)}`;
}

/** A counted noun, "1 row" or "214 rows"; the plural only when it is not the noun with an s. */
export function formatCounted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** A measured number with at most three significant digits: 0.4, 21.1, 3,017. For values without a unit of bytes. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "unknown";
  const size = Math.abs(value);
  const digits = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2;
  return new Intl.NumberFormat("en-GB", { maximumFractionDigits: digits }).format(value);
}
