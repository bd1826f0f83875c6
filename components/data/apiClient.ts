import type { Problem, ProblemCode } from "../../protocol/http/problem.ts";
import { PROBLEM_CODES } from "../../protocol/http/problemCodes.ts";

/** A request that the server answered with a problem: what happened, what to do, and which field is wrong. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** A request that got no answer: whether it arrived, nobody here knows. */
export class NotReached extends Error {
  override readonly name = "NotReached";

  constructor(options?: ErrorOptions) {
    super("The server could not be reached.", options);
  }
}

/** Reads a view from our own API. Throws `ApiProblem` or `NotReached`. */
export async function getJson<View>(path: string, signal?: AbortSignal): Promise<View> {
  return bodyOf(await send(path, signal ? { signal } : {}));
}

/** Posts a body to our own API and reads the answer. Throws `ApiProblem` or `NotReached`. */
export async function postJson<Answer>(path: string, body: unknown): Promise<Answer> {
  return bodyOf(
    await send(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  );
}

/** Deletes what lies under a path. Throws `ApiProblem` or `NotReached`. */
export async function deleteAt(path: string): Promise<void> {
  await send(path, { method: "DELETE" });
}

async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { cache: "no-store", ...init });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new NotReached({ cause: error });
  }
  if (response.ok) return response;
  throw new ApiProblem(await readProblem(response));
}

async function bodyOf<View>(response: Response): Promise<View> {
  try {
    return await response.json();
  } catch (error) {
    // Cut off in the middle: as good as not answered.
    throw new NotReached({ cause: error });
  }
}

const CODE_OF_STATUS: Readonly<Record<number, ProblemCode>> = {
  401: "notSignedIn",
  403: "notAllowed",
  404: "notFound",
  409: "conflict",
  422: "bodyInvalid",
  429: "tooMany",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
};

const CODES: ReadonlySet<string> = new Set(PROBLEM_CODES);

/** The problem in an answer; where something else answered (a proxy's own page), a problem made from its status. */
async function readProblem(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined);
  if (isProblem(body)) return body;
  const code = CODE_OF_STATUS[response.status] ?? "defect";
  return { code, message: `The server answered ${response.status}.`, todo: "Try again." };
}

// By hand and not by its schema: this file is in the first load of every page, and the schema's library is not.
function isProblem(body: unknown): body is Problem {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    typeof body.code === "string" &&
    CODES.has(body.code) &&
    "message" in body &&
    typeof body.message === "string"
  );
}

/** What a form shows of an error: a sentence, what to do, and the wrong fields by their path. */
export interface ErrorWords {
  readonly message: string;
  readonly todo: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
}

/** An error in words for people; what was typed stays where it was typed. */
export function wordsOfError(error: unknown): ErrorWords {
  if (error instanceof ApiProblem) {
    const { message, todo, fields } = error.problem;
    return { message, todo, fields: fields ?? {} };
  }
  if (error instanceof NotReached) {
    return { message: error.message, todo: "Look at what this page shows before you try again.", fields: {} };
  }
  return { message: "This page failed at it.", todo: "Load the page again.", fields: {} };
}
