/** A text as YAML has it in double quotes; JSON's are among them. */
export const quoted = (text: string): string => JSON.stringify(text);

/** A text in single quotes where that is enough: a query is full of double ones. */
export const readable = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? `'${text.replaceAll("'", "''")}'` : quoted(text);

/** A text as a block, which people can read; one with signs that a block can't hold in quotes. */
export function blockOf(text: string, indent: string): string {
  // A block begins where its first line does: one that begins with a space would be read as an indent.
  if (!/^[\x20-\x7e\n]*$/.test(text) || /^\s|\s$/.test(text)) return quoted(text);
  const lines = text.split("\n").map((line) => (line === "" ? "" : `${indent}${line}`));
  return `|-\n${lines.join("\n")}`;
}

/** Words in a comment, on one line. */
export const inComment = (text: string): string => text.replaceAll(/[\s\p{Cc}\u2028\u2029]+/gu, " ").trim();

/** A comment of several lines, each wrapped where it gets long. */
export function comment(lines: readonly string[]): string[] {
  return lines.flatMap((line) => (line === "" ? ["#"] : wrap(inComment(line), line.startsWith("- ") ? "  " : "")));
}

const WIDTH = 118;

function wrap(line: string, indent: string): string[] {
  const wrapped: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    if (current !== "" && current.length + word.length >= WIDTH) {
      wrapped.push(`# ${current}`);
      current = `${indent}${word}`;
    } else current = current === "" ? word : `${current} ${word}`;
  }
  return [...wrapped, `# ${current}`];
}

/** A length of time as Prometheus reads it. */
export const promDuration = (ms: number): string => (ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`);
