/** SQLSTATE classes and codes of a server that is starting, stopping, full of connections or gone. */
const AWAY = /^(08|57P0[123]$|53300$)/;
const NETWORK: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "ETIMEDOUT",
  "EHOSTUNREACH",
]);
/** Prisma's words for the same. */
const PRISMA: ReadonlySet<unknown> = new Set(["P1001", "P1002", "P1008", "P1017", "P2024"]);

/** True where an error says that the database can't be reached now, as against one that understood us and refused. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  if (NETWORK.has(code) || PRISMA.has(code) || (typeof code === "string" && AWAY.test(code))) return true;
  if (error instanceof AggregateError && error.errors.some(isDatabaseAway)) return true;
  if (error.cause !== undefined && error.cause !== error && isDatabaseAway(error.cause)) return true;
  return (
    code === undefined && /connection (terminated|timeout)|timeout exceeded when trying to connect/i.test(error.message)
  );
}

/** SQLSTATE 53100, and the words of the same where a layer in between has kept only those. */
const FULL = /^53100$|could not (?:extend|write to) file|No space left on device/;

/** True where an error says that the disk of the database is full: nothing was written, and nothing can be until there is room. */
export function isDatabaseFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  if (FULL.test(typeof code === "string" ? code : "") || FULL.test(error.message)) return true;
  return error.cause !== undefined && error.cause !== error && isDatabaseFull(error.cause);
}
