import { bashWord } from "../process/bashWord.ts";

/**
 * Bash that a person may run. Only `bash` makes one, from text of ours and from values that it quotes: what an order says never becomes a
 * command.
 */
export class BashLine {
  readonly #text: string;
  /** What of ours it calls by name. */
  readonly needs: readonly Definition[];
  /** Names of the passphrases that it gives to programs. */
  readonly secrets: readonly string[];

  private constructor(text: string, needs: readonly Definition[], secrets: readonly string[]) {
    this.#text = text;
    this.needs = [...new Set(needs)];
    this.secrets = [...new Set(secrets)];
  }

  get text(): string {
    return this.#text;
  }

  /** See `bash`. */
  static of(ours: readonly string[], values: readonly BashValue[]): BashLine {
    const lines = values.map((value) => BashLine.#from(value));
    // An installed agent has the raw text of a template with each other letter as its number: see inAscii.ts.
    if (ours.some((piece) => /[^\0-\x7f]/.test(piece))) throw new TypeError("bash of ours is written in ASCII");
    // A template would take `${` for its own, so that bash's is written with a backslash before it.
    const text = ours.map((piece, i) => piece.replaceAll("\\${", "${") + (lines[i]?.text ?? "")).join("");
    return BashLine.#made(text, lines);
  }

  /** Several as one. */
  static joined(lines: readonly BashLine[], between: " " | "=" | " |\n  "): BashLine {
    return BashLine.#made(lines.map(({ text }) => text).join(between), lines);
  }

  /** The same line, known to use that passphrase. */
  static using(secret: string, line: BashLine): BashLine {
    return new BashLine(line.text, line.needs, [...line.secrets, secret]);
  }

  static #made(text: string, of: readonly BashLine[]): BashLine {
    return new BashLine(
      text,
      of.flatMap(({ needs }) => needs),
      of.flatMap(({ secrets }) => secrets),
    );
  }

  static #from(value: BashValue): BashLine {
    if (value instanceof BashLine) return value;
    if (value instanceof Definition) return new BashLine(value.name, [value], []);
    if (typeof value === "string" || typeof value === "number") return new BashLine(bashWord(String(value)), [], []);
    return BashLine.joined(
      value.map((one) => BashLine.#from(one)),
      " ",
    );
  }
}

/** A function or a variable of ours. It stands in a script once, before all lines, and only where one of them names it. */
export class Definition {
  readonly name: string;
  /** All of it, with a comment above that says what it is for. */
  readonly body: BashLine;

  constructor(name: string, body: BashLine) {
    this.name = name;
    this.body = body;
  }
}

/** What a line is made of: texts and numbers are quoted, a list is so many words, the rest is bash already. */
export type BashValue = string | number | BashLine | Definition | readonly (string | number | BashLine)[];

/**
 * A line of bash, or several: bash`rm -- ${path}`. What stands around the values is taken as it is written, backslashes included; only `\${`
 * is `${`. Throws `argumentsInvalid` for a value that bash can't hold.
 */
export function bash({ raw }: TemplateStringsArray, ...values: readonly BashValue[]): BashLine {
  return BashLine.of(raw, values);
}
