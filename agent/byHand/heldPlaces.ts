import { randomBytes } from "node:crypto";
import type { ActionSpec } from "../../domain/action/defineAction.ts";
import { walkArguments } from "../policy/walkArguments.ts";
import { quotedWord } from "../process/bashWord.ts";

/**
 * Marks that stand in arguments for facts which are known only when a script is run, and in whose place the script has a variable. A mark
 * looks like a path, since only paths are asked for so. It has control characters, so that a quoted word has it in one form alone, and a
 * number that nobody knows beforehand.
 */
export interface HeldPlaces {
  markOf(fact: string): string;
  /** Bash with variables in the place of marks. */
  inScript(script: string): string;
  /** True where a mark is left in a script, of which no variable could be made. */
  isLeftIn(script: string): boolean;
}

/** The variable of a script that has a fact. */
export const variableOf = (fact: string): string => `fact_${fact.replaceAll(".", "_")}`;

/** Marks of their own for one writing of scripts. */
export function heldPlaces(nonce: string = randomBytes(12).toString("hex")): HeldPlaces {
  const written = new RegExp(`/\\\\x01${nonce}\\.([a-z0-9_.]+)\\\\x02`, "g");
  return {
    markOf: (fact) => `/\x01${nonce}.${fact}\x02`,
    inScript: (script) =>
      // Between $' and ' no quote stands bare: those that are put in here end the word's quotes and begin them anew.
      script
        .replaceAll(written, (_, fact: string) => `'"$${variableOf(fact)}"$'`)
        .replaceAll(/\$''(?="\$fact_)|(?<="\$fact_[a-z0-9_]+")\$''/g, ""),
    isLeftIn: (script) => script.includes(nonce),
  };
}

/** True where a mark stands nowhere but in arguments that are paths: nothing else can a script check when it is told. */
export function isHeldInPaths(spec: ActionSpec, args: unknown, mark: string): boolean {
  let inPaths = 0;
  walkArguments(spec.args, args, ({ role, value }) => {
    if (/Path$/.test(role) && typeof value === "string" && value.includes(mark)) inPaths += 1;
    return value;
  });
  return textsIn(args).filter((text) => text.includes(mark)).length === inPaths;
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/**
 * True where what was made with `longer` is what was made with `mark`, and `longer` in its place: a value that something was computed of
 * shows here, as the folder above a path would.
 */
export function isOnlyPassedOn(made: string, madeLonger: string, mark: string, longer: string): boolean {
  const inQuotes = (text: string) => quotedWord(text).slice(2, -1);
  return made.replaceAll(inQuotes(mark), inQuotes(longer)).replaceAll(mark, longer) === madeLonger;
}
