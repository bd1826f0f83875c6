/**
 * A JSON value in which every text can be stored and hashed: NUL, which PostgreSQL keeps in no text or jsonb, and lone surrogates,
 * which have no canonical JSON, become U+FFFD. Used at every door through which foreign JSON comes in; what is fine already is
 * answered as it is.
 */
export function storable(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [storableText(key), storable(member)]));
}

/** One text without NUL and lone surrogates. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}
