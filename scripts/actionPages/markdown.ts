/** Words that are code: names, values, commands. */
export const code = (text: string): string => `\`${text}\``;

/** A link of a page. */
export const linkTo = (text: string, target: string): string => `[${text}](${target})`;

/** A table. A line break would end its row and a bar its cell: both are told apart. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
}
