/** How many of the errors are shown, and how much of each: enough to know what it is about. */
const SHOWN_LINES = 5;
const SHOWN_CHARACTERS = 400;

/** What counts as an error in a log. Both are regular expressions; `errors` are taken without regard to upper and lower case. */
export interface ErrorPatterns {
  readonly errors: readonly string[];
  readonly benign: readonly string[];
}

/** Counts the lines that report an error, and gives the last of them. `lines` are safe to show. */
export function countErrors(
  lines: readonly string[],
  { errors, benign }: ErrorPatterns,
): { readonly errorsCount: number; readonly errors: string[] } {
  const wanted = errors.map((pattern) => new RegExp(pattern, "iu"));
  const harmless = benign.map((pattern) => new RegExp(pattern, "u"));
  const found = lines.filter(
    (line) => wanted.some((pattern) => pattern.test(line)) && !harmless.some((pattern) => pattern.test(line)),
  );
  return {
    errorsCount: found.length,
    errors: found.slice(-SHOWN_LINES).map((line) => line.slice(0, SHOWN_CHARACTERS)),
  };
}
