import fc from "fast-check";

/**
 * What an attacker or a broken program would write, in pieces: shell, options, paths, control characters, halves of characters, numbers
 * beyond what can be held, names that reach a prototype, nesting, and much of one thing.
 */
const PIECES: readonly string[] = [
  ..."\0\n\r\t\"'`\\;|&<>(){}[]!*?~#%$:=,.-/ ",
  "\r\n",
  "--",
  "-rf",
  "--upload-file=/etc/shadow",
  "../../../etc/shadow",
  "/..",
  "//",
  "/proc/self/root",
  "$(reboot)",
  "`reboot`",
  "; rm -rf /",
  "' or 1=1; drop table users; --",
  "{{ params.a }}",
  "{% if",
  "*anchor",
  "&anchor ",
  "<<: ",
  "!!js/function ",
  "\ud800",
  "\udfff\ud800",
  "\u202e",
  "\u2028",
  "\ufeff",
  "\u0130",
  "𝒳",
  "\x1b]0;title\x07",
  "__proto__",
  "constructor",
  "toString",
  "NaN",
  "-1",
  "-0",
  "1e309",
  "9007199254740993",
  "99999999999999999999999",
  "0x10",
  "true",
  "null",
  "[".repeat(300),
  '{"a":'.repeat(200),
  "a".repeat(4096),
  " ".repeat(4096),
  "1".repeat(400),
  "\n".repeat(500),
];

/** A piece of hostile text. */
export const piece = fc.constantFrom(...PIECES);

/** One change of a text or of bytes; places are parts of the whole, so that one edit fits samples of any length. */
const edit = fc.record({
  kind: fc.constantFrom("insert", "replace", "delete", "double", "cut", "move"),
  at: fc.integer({ min: 0, max: 9999 }),
  span: fc.integer({ min: 0, max: 12 }),
  to: fc.integer({ min: 0, max: 9999 }),
  by: fc.oneof({ weight: 3, arbitrary: piece }, { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) }),
});
type Edit = typeof edit extends fc.Arbitrary<infer E> ? E : never;
const edits = fc.array(edit, { minLength: 1, maxLength: 4 });

function changed(text: string, { kind, at, span, to, by }: Edit): string {
  const start = Math.floor((at / 10_000) * (text.length + 1));
  const end = Math.min(text.length, start + span);
  switch (kind) {
    case "insert":
      return text.slice(0, start) + by + text.slice(start);
    case "replace":
      return text.slice(0, start) + by + text.slice(end);
    case "delete":
      return text.slice(0, start) + text.slice(end);
    case "double":
      return text.slice(0, end) + text.slice(start);
    case "cut":
      return text.slice(0, start);
    case "move": {
      const place = Math.floor((to / 10_000) * (start + 1));
      return text.slice(0, place) + text.slice(start, end) + text.slice(place, start) + text.slice(end);
    }
    default:
      return kind satisfies never;
  }
}

/** Texts near to good ones, where every check but the last may pass; and now and then no sense at all. */
export function textLike(samples: readonly string[]): fc.Arbitrary<string> {
  const near = fc
    .tuple(fc.constantFrom(...samples), edits)
    .map(([sample, list]) => list.reduce((text, one) => changed(text, one), sample));
  const soup = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
  const noise = fc.string({ unit: "binary", maxLength: 60 });
  return fc.oneof({ weight: 8, arbitrary: near }, { weight: 1, arbitrary: soup }, { weight: 1, arbitrary: noise });
}

/** Bytes near to good ones, UTF-8 or not. One letter of `latin1` is one byte, so that texts and bytes share their edits. */
export function bytesLike(samples: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  const noise = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes));
  const near = textLike(samples.map((bytes) => Buffer.from(bytes).toString("latin1"))).map((text) =>
    Buffer.from(text, "latin1"),
  );
  return fc.oneof({ weight: 9, arbitrary: near }, { weight: 1, arbitrary: noise });
}

/** What a program printed, as a parser gets it: bytes that were damaged or cut anywhere, read as UTF-8. */
export function outputLike(samples: readonly string[]): fc.Arbitrary<string> {
  return bytesLike(samples.map((text) => Buffer.from(text))).map((bytes) => bytes.toString("utf8"));
}

const deep = JSON.parse(`${'{"a":'.repeat(400)}1${"}".repeat(400)}`) as unknown;
const proto = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') as unknown;

/** A value where another was expected. */
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: piece },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  { weight: 2, arbitrary: fc.constantFrom(-1, -0, 0.5, 1e308, -1e308, 2 ** 53 + 2, Number.MAX_SAFE_INTEGER, 2 ** 31) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(null, true, [], {}, deep, proto, Array(300).fill("x"), ["", "", [[]]]),
  },
);

const structuralEdit = fc.record({
  kind: fc.constantFrom("replace", "append", "remove", "add", "swap"),
  way: fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 6 }),
  key: fc.oneof(piece, fc.constantFrom("type", "kind", "path", "extra")),
  value,
});
type StructuralEdit = typeof structuralEdit extends fc.Arbitrary<infer E> ? E : never;

/** Goes down by `way` (each step one of the members that are there) and rebuilds only what lies on it. */
function reshaped(node: unknown, change: StructuralEdit, depth = 0): unknown {
  const step = change.way[depth];
  if (step === undefined || typeof node !== "object" || node === null) return leaf(node, change);
  const isList = Array.isArray(node);
  const entries: [string, unknown][] = Object.entries(node);
  if (entries.length === 0) return leaf(node, change);
  const index = step % entries.length;
  const isLast = depth === change.way.length - 1;
  if (isLast && change.kind === "remove") entries.splice(index, 1);
  else if (isLast && change.kind === "add") entries.push([change.key, change.value]);
  else {
    const [key, child] = entries[index]!;
    entries[index] = [key, isLast ? leaf(child, change) : reshaped(child, change, depth + 1)];
  }
  if (isList) return entries.map(([, item]) => item);
  const rebuilt: Record<string, unknown> = {};
  // As JSON.parse does it: `__proto__` becomes a member and not the prototype.
  for (const [key, item] of entries) {
    Object.defineProperty(rebuilt, key, { value: item, enumerable: true, configurable: true, writable: true });
  }
  return rebuilt;
}

function leaf(node: unknown, { kind, value: by }: StructuralEdit): unknown {
  if (kind === "append" && typeof node === "string") return `${node}${String(by)}`;
  if (kind === "swap" && typeof node === "string") return `${String(by)}${node}`;
  return by;
}

/** Values near to good ones: members replaced, removed, added, texts lengthened. */
export function valueLike(samples: readonly unknown[]): fc.Arbitrary<unknown> {
  const near = fc
    .tuple(fc.constantFrom(...samples), fc.array(structuralEdit, { minLength: 1, maxLength: 3 }))
    .map(([sample, list]) => list.reduce<unknown>((node, one) => reshaped(node, one), sample));
  return fc.oneof({ weight: 12, arbitrary: near }, { weight: 1, arbitrary: value });
}

/** JSON as it travels: near to good in its shape, or in its letters. */
export function jsonLike(samples: readonly unknown[]): fc.Arbitrary<string> {
  const shape = valueLike(samples).map((node) => JSON.stringify(node));
  const letters = textLike(samples.map((sample) => JSON.stringify(sample)));
  return fc.oneof({ weight: 3, arbitrary: shape }, { weight: 1, arbitrary: letters });
}
