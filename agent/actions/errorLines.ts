/** How many of the errors are shown, and how much of each: enough to know what it is about. */
const SHOWN_LINES = 5;
const SHOWN_CHARACTERS = 400;

/** What makes a line an error, and what makes it none after all: pieces of text, upper and lower case alike. */
export interface ErrorWords {
  readonly errors: readonly string[];
  readonly benign: readonly string[];
}

/** Counts the lines that report an error, and gives the last of them. `lines` are safe to show. */
export function countErrors(
  lines: readonly string[],
  { errors, benign }: ErrorWords,
): { readonly errorsCount: number; readonly errors: string[] } {
  const holds = (line: string, words: readonly string[]) => words.some((word) => line.includes(word.toLowerCase()));
  const found = lines.filter((line) => {
    const lower = line.toLowerCase();
    return holds(lower, errors) && !holds(lower, benign);
  });
  return {
    errorsCount: found.length,
    errors: found.slice(-SHOWN_LINES).map((line) => line.slice(0, SHOWN_CHARACTERS)),
  };
}
