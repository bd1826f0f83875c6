import type { JourneyRequest } from "../../../domain/action/httpJourney.ts";
import { PLACEHOLDER } from "../../../domain/action/httpJourney.ts";
import { Failure } from "../../../domain/failure.ts";

/** Values by the name of their placeholder. */
export type Values = ReadonlyMap<string, string>;

/** How a value is written, so that it stays one value where it stands. */
const WRITTEN = {
  json: (value: string) => JSON.stringify(value).slice(1, -1),
  form: (value: string) => encodeURIComponent(value),
  text: (value: string) => value,
} as const satisfies Record<JourneyRequest["bodyType"], (value: string) => string>;

const CONTENT_TYPES = {
  json: "application/json",
  form: "application/x-www-form-urlencoded",
  text: "text/plain; charset=utf-8",
} as const satisfies Record<JourneyRequest["bodyType"], string>;

/** A request as it is sent. */
export interface FilledRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/**
 * Puts the values into a request. Throws `argumentsInvalid` for a value that is not there, for one that would end a header's line, and for
 * a JSON body that is none.
 */
export function fillIn(base: string, request: JourneyRequest, values: Values): FilledRequest {
  const path = fill(request.path, values, encodeURIComponent);
  // An address has no way to write these so that they are names: they would lead elsewhere than the runbook says.
  if (/\/(\.|%2e){1,2}(\/|\?|$)/i.test(path))
    throw new Failure("argumentsInvalid", `The path of "${request.name}" is ${path}, which leads elsewhere.`);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, text]) => [name, fill(text, values, oneLine)]),
  );
  const url = `${base.replace(/\/+$/, "")}${path}`;
  if (request.body === "") return { url, headers, body: undefined };
  const body = fill(request.body, values, WRITTEN[request.bodyType]);
  if (request.bodyType === "json") requireJson(body, request.name);
  return { url, headers: { "content-type": CONTENT_TYPES[request.bodyType], ...headers }, body };
}

function fill(text: string, values: Values, written: (value: string) => string): string {
  return text.replaceAll(PLACEHOLDER, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Failure("argumentsInvalid", `There is no value for \${${name}}.`);
    return written(value);
  });
}

function oneLine(value: string): string {
  if (/[\r\n\0]/.test(value)) throw new Failure("argumentsInvalid", "A value for a header has more than one line.");
  return value;
}

function requireJson(body: string, name: string): void {
  try {
    JSON.parse(body);
  } catch {
    // Without the parser's own words: they quote the body, and a secret may be in it.
    throw new Failure("argumentsInvalid", `The body of "${name}" is no JSON.`);
  }
}
