import type { RunbookView } from "../../protocol/http/runbooks.ts";

type Parameter = RunbookView["parameters"][number];

/** What a type wants, in words for a field. */
const TYPES: Readonly<Record<Parameter["type"], string>> = {
  string: "text",
  path: "absolute path",
  integer: "whole number",
  size: "size, such as 20GiB",
  duration: "duration, such as 90s, 5m or 1h30m",
  flag: "yes or no",
  choice: "one of these",
};

/** The type of a parameter in words. */
export function typeWords(parameter: Pick<Parameter, "type" | "pattern">): string {
  return parameter.pattern === null
    ? TYPES[parameter.type]
    : `${TYPES[parameter.type]} of the form ${parameter.pattern}`;
}

/** A default as it would be typed; empty where there is none. */
export function defaultText(parameter: Pick<Parameter, "default">): string {
  return parameter.default === null ? "" : String(parameter.default);
}
