import { z } from "zod";

/** Name of a table or a column of SQLite. Nearly any text is one: it goes into SQL in quotes, never as it is. */
const Name = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !text.includes("\0"), "a name without NUL");

/** Names of tables: a list, or one text with commas, semicolons or newlines between them. */
export const SqliteTables = z.union([
  z.array(Name).max(100),
  z
    .string()
    .max(8000)
    .transform((text) =>
      text
        .split(/[,;\n]/)
        .map((item) => item.trim())
        .filter((item) => item !== ""),
    )
    .pipe(z.array(Name).max(100)),
]);

const Reference = z
  .strictObject({
    child: Name.describe("The table whose rows name others."),
    column: Name.describe("Its column that holds the key."),
    parent: Name.describe("The table whose rows are named."),
    key: Name.describe("Its column that the key stands in."),
  })
  .meta({ title: "SQLite reference" });
/** That a column of one table names rows of another by their key. */
export type Reference = z.infer<typeof Reference>;

const Lookup = z
  .strictObject({
    label: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,62}$/, "a lower-case word")
      .describe("What the value is called in the result."),
    table: Name.describe("The table that it stands in."),
    column: Name.describe("The column that it stands in."),
    where: Name.describe("The column by which its row is found."),
    equals: z.string().max(400).describe("What that column holds in this row and in no other."),
  })
  .meta({ title: "SQLite value" });
/** One value: the column of the only row in which another column has this value. */
export type Lookup = z.infer<typeof Lookup>;

const REFERENCE = /^([\p{L}\p{N}_$]+)\.([\p{L}\p{N}_$]+)\s*->\s*([\p{L}\p{N}_$]+)\.([\p{L}\p{N}_$]+)$/u;
const LOOKUP =
  /^([a-z][a-z0-9_]*)\s*:\s*([\p{L}\p{N}_$]+)\.([\p{L}\p{N}_$]+)\s+where\s+([\p{L}\p{N}_$]+)\s*=\s*(\S.*)$/u;

const itemsOf = (text: string) =>
  text
    .split(/[;\n]/)
    .map((item) => item.trim())
    .filter((item) => item !== "");

/** Reads `job_history.job_id -> jobs.id; sessions.user_id -> users.id`; undefined where it is no such list. */
export function parseReferences(text: string): Reference[] | undefined {
  return readAll(itemsOf(text), (item) => {
    const [, child, column, parent, key] = REFERENCE.exec(item) ?? [];
    return Reference.safeParse({ child, column, parent, key });
  });
}

/** Reads `version: app_state.value where key = version`; undefined where it is no such list. */
export function parseLookups(text: string): Lookup[] | undefined {
  const lookups = readAll(itemsOf(text), (item) => {
    const [, label, table, column, where, equals] = LOOKUP.exec(item) ?? [];
    return Lookup.safeParse({ label, table, column, where, equals });
  });
  const labels = new Set(lookups?.map(({ label }) => label));
  return labels.size === lookups?.length ? lookups : undefined;
}

function readAll<T>(items: readonly string[], read: (item: string) => z.ZodSafeParseResult<T>): T[] | undefined {
  const found: T[] = [];
  for (const item of items) {
    const parsed = read(item);
    if (!parsed.success) return undefined;
    found.push(parsed.data);
  }
  return found;
}

function textOf<T>(parse: (text: string) => T[] | undefined, form: string) {
  return z
    .string()
    .max(8000)
    .transform((text, context) => {
      const found = parse(text);
      if (found !== undefined) return found;
      context.addIssue({ code: "custom", message: form });
      return z.NEVER;
    });
}

/** References to look for orphans by: a list, or one text (see `parseReferences`; other names than plain words need the list). */
export const References = z.union([
  z.array(Reference).max(50),
  textOf(parseReferences, "references with semicolons between, each `child.column -> parent.key`"),
]);

/** Values to read: a list, or one text (see `parseLookups`; other names than plain words need the list). */
export const Lookups = z.union([
  z.array(Lookup).max(50),
  textOf(parseLookups, "values with semicolons between, each `label: table.column where column = value`"),
]);
