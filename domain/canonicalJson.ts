/**
 * Canonical JSON (RFC 8785, JCS): one text for one value, so that a digest of it can be computed anywhere.
 *
 * Keys are sorted by UTF-16 code units, numbers are written as ECMAScript writes them. What has no JSON form is a mistake of
 * the caller's and throws: NaN and infinities, BigInt, undefined inside arrays, functions, and lone surrogates (which two
 * implementations would write differently). An undefined property is left out, as in JSON.stringify.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`no canonical JSON for ${value}`);
    return JSON.stringify(value);
  }
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new TypeError("no canonical JSON for a text with a lone surrogate");
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item: unknown) => canonicalJson(item)).join(",")}]`;
  if (typeof value === "object") {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, member]) => `${canonicalJson(key)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  throw new TypeError(`no canonical JSON for a ${typeof value}`);
}
