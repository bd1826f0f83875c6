/** The output of one task as far as this page holds it: whole lines, their offsets, and the piece behind the last line's end. */
export interface OutputLog {
  /** Where the first line that is held begins, in bytes of the whole output. */
  readonly fromOffset: number;
  /** Up to where the output is held, in bytes. */
  readonly endOffset: number;
  readonly lines: readonly LogLine[];
  /** What stands after the last newline. */
  readonly rest: string;
  /** Lines ever held, so that each line keeps its number when older ones fall off. */
  readonly dropped: number;
}

/** One line, numbered from the first that this page held. */
export interface LogLine {
  readonly number: number;
  readonly text: string;
  readonly level: "plain" | "warning" | "error";
}

/** A piece of output: text that is safe to show, between two offsets of the whole output in bytes. */
export interface OutputText {
  readonly offset: number;
  readonly endOffset: number;
  readonly text: string;
}

/** More lines than anybody scrolls through; the whole of it is one press away, as a file. */
const MOST_LINES = 20_000;
const DROP_AT_ONCE = 2_000;
const LONGEST_LINE = 4_000;

/** An empty log that begins at an offset. */
export function emptyLog(offset: number): OutputLog {
  return { fromOffset: offset, endOffset: offset, lines: [], rest: "", dropped: 0 };
}

/**
 * Adds a piece at the end. One that lies before the end is left out (it is known); one behind a gap answers `gap`: what lies
 * between has to be read first.
 */
export function withOutput(log: OutputLog, piece: OutputText): OutputLog | "gap" {
  if (piece.endOffset <= log.endOffset) return log;
  // A piece that overlaps can't be cut by bytes, since the text was made from them: it is read again from the end that is held.
  if (piece.offset !== log.endOffset) return "gap";
  const parts = (log.rest + piece.text).split("\n");
  const rest = parts.pop() ?? "";
  let number = log.dropped + log.lines.length;
  const added = parts.map((text): LogLine => {
    number += 1;
    return lineOf(number, text);
  });
  const lines = [...log.lines, ...added];
  // Cut in one go and not line by line: a list that loses its first line at each new one never stands still.
  const surplus = lines.length > MOST_LINES ? lines.length - MOST_LINES + DROP_AT_ONCE : 0;
  return {
    fromOffset: log.fromOffset,
    endOffset: piece.endOffset,
    lines: surplus > 0 ? lines.slice(surplus) : lines,
    rest: rest.length > LONGEST_LINE ? rest.slice(-LONGEST_LINE) : rest,
    dropped: log.dropped + surplus,
  };
}

function lineOf(number: number, text: string): LogLine {
  // A carriage return within a line overwrites it on a terminal; here the last writing is what counts.
  const shown = text.slice(text.lastIndexOf("\r", text.length - 2) + 1).replace(/\r$/, "");
  const cut = shown.length > LONGEST_LINE ? `${shown.slice(0, LONGEST_LINE)} … (${shown.length} characters)` : shown;
  return { number, text: cut, level: levelOf(cut) };
}

const ERROR = /\b(error|fatal|panic|failed|failure|cannot|denied)\b/i;
const WARNING = /\b(warn|warning|notice|deprecated|retry|retrying)\b/i;

/** What a line says of itself, by the words that programs use. It only filters and colours: no decision rests on it. */
export function levelOf(text: string): LogLine["level"] {
  if (ERROR.test(text)) return "error";
  return WARNING.test(text) ? "warning" : "plain";
}

/** The lines that a filter and a search leave over; both count without regard to capitals. */
export function selectLines(
  lines: readonly LogLine[],
  filter: "all" | "warnings" | "errors",
  search: string,
): readonly LogLine[] {
  const wanted = search.trim().toLocaleLowerCase("en-GB");
  if (filter === "all" && wanted === "") return lines;
  return lines.filter((line) => {
    if (filter === "errors" && line.level !== "error") return false;
    if (filter === "warnings" && line.level === "plain") return false;
    return wanted === "" || line.text.toLocaleLowerCase("en-GB").includes(wanted);
  });
}
