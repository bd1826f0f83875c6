import type { z } from "zod";
import type { Role } from "../../domain/run/actor.ts";
import { bearerOf } from "../../protocol/http/bearer.ts";
import type { Problem, ProblemCode } from "../../protocol/http/problem.ts";
import type { SignedIn } from "../../server/identity/actor.ts";
import { hasRole } from "../../server/identity/actor.ts";
import { house, isDatabaseAway, isDatabaseFull, whoAsks } from "../../server/identity/door.ts";
import { KeyOfAnotherOrder } from "../../server/identity/once.ts";
import { traceNow } from "../../server/identity/requestTrace.ts";
import { SshUnchecked } from "../../server/identity/sshKeygen.ts";

const STATUS: Readonly<Record<ProblemCode, number>> = {
  notSignedIn: 401,
  notAllowed: 403,
  notFound: 404,
  bodyInvalid: 422,
  conflict: 409,
  refused: 409,
  tooMany: 429,
  unavailable: 503,
  defect: 500,
};

/** A request that is not served, as an answer: thrown inside a handler, turned into a response by `answering`. */
export class NotServed extends Error {
  override readonly name = "NotServed";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** The response that carries a problem. */
export function problemResponse(problem: Problem): Response {
  const headers = problem.code === "notSignedIn" ? { "www-authenticate": "Bearer" } : {};
  return Response.json(problem, { status: STATUS[problem.code], headers });
}

/** Runs a handler; what it throws becomes an answer that says what happened and what to do, never a bare 500. */
export async function answering(handler: () => Promise<Response>): Promise<Response> {
  try {
    return await handler();
  } catch (error) {
    if (error instanceof NotServed) return problemResponse(error.problem);
    if (error instanceof KeyOfAnotherOrder) {
      return problemResponse({
        code: "bodyInvalid",
        message: "This Idempotency-Key was used for another order. Nothing was done.",
        todo: "Make a new key for each thing that you want done, and repeat an order only as it was.",
      });
    }
    if (isDatabaseAway(error)) {
      return problemResponse({
        code: "unavailable",
        message: "The database does not answer.",
        todo: "Try again in a moment. What runs on hosts goes on.",
      });
    }
    if (error instanceof SshUnchecked) {
      return problemResponse({
        code: "unavailable",
        message: `${error.message} Nothing was done.`,
        todo: "Have that mended on the server, or sign with a passkey.",
      });
    }
    console.error(`trace=${traceNow() ?? "none"}`, error);
    if (isDatabaseFull(error)) {
      return problemResponse({
        code: "unavailable",
        message: "The disk of the server's database is full. Nothing was written.",
        todo: "Make room on it, then try again. What runs on hosts goes on, and its reports wait there.",
      });
    }
    return problemResponse({
      code: "defect",
      message: "The server failed at this request.",
      todo: "Look whether it was done before you try again. If it stays, look at the server's log.",
    });
  }
}

/**
 * Who: the person of the session themselves, with one of the roles where some are named. A token opens nothing here: what scripts may ask
 * for says so (`requireCaller`), and everything else is a person's.
 */
export async function requirePerson(request: Request, ...roles: readonly Role[]): Promise<SignedIn> {
  if (bearerOf(request.headers.get("authorization")) !== undefined) {
    throw new NotServed({
      code: "notAllowed",
      message: "No token opens this: it needs a person who is signed in.",
      todo: "Do it in the dashboard, or in a terminal with slackwater approve.",
    });
  }
  requireOwnPage(request);
  const person = await whoAsks(request);
  if (!person)
    throw new NotServed({ code: "notSignedIn", message: "You are not signed in.", todo: "Sign in and try again." });
  return withRole(person, roles);
}

/** The person, where they have one of the roles, or none is asked for. */
export function withRole(person: SignedIn, roles: readonly Role[]): SignedIn {
  if (roles.length === 0 || hasRole(person, ...roles)) return person;
  throw new NotServed({
    code: "notAllowed",
    message: `This needs the role ${roles.join(" or ")}; yours is ${person.role}.`,
    todo: "Ask an admin.",
  });
}

/**
 * An order must come from our own page. The session cookie is SameSite=Lax already; this also stops a page of another port of the
 * same host, which browsers count as the same site.
 */
function requireOwnPage(request: Request): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const origin = request.headers.get("origin");
  if (origin !== null && !house().settings.origins.includes(origin)) {
    throw new NotServed({
      code: "notAllowed",
      message: "This request came from another site's page. Nothing was done.",
    });
  }
}

/** What: the body, parsed; a wrong one is answered with the message for each field. */
export async function requireBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  const body: unknown = await request.json().catch(() => undefined);
  if (body === undefined) {
    throw new NotServed({ code: "bodyInvalid", message: "The body is no JSON.", todo: "Send an object as JSON text." });
  }
  return requireFields(body, schema);
}

/** What: the query of an address, parsed; a wrong one is answered with the message for each field. */
export function requireQuery<Schema extends z.ZodType>(request: Request, schema: Schema): z.output<Schema> {
  return requireFields(Object.fromEntries(new URL(request.url).searchParams), schema);
}

/** What: the request headers that a schema names, parsed; wrong ones are answered with the message for each. */
export function requireHeaders<Schema extends z.ZodObject>(request: Request, schema: Schema): z.output<Schema> {
  const given = Object.keys(schema.shape).flatMap((name) => {
    const value = request.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return requireFields(Object.fromEntries(given), schema);
}

function requireFields<Schema extends z.ZodType>(given: unknown, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const fields = Object.fromEntries(parsed.error.issues.map((issue) => [issue.path.join("."), issue.message]));
  throw new NotServed({
    code: "bodyInvalid",
    message: "Some fields are not right.",
    todo: "Correct the fields that are marked.",
    fields,
  });
}

/** What is wrong with a body, in one line, for a program that shows it to a person. */
export function issuesText(error: z.ZodError): string {
  return error.issues
    .map((issue) => `${issue.path.join(".")}: ${issue.message}`)
    .join("; ")
    .slice(0, 1000);
}

/** A path parameter or query value, parsed; a wrong one names nothing that exists. */
export function requireParameter<Schema extends z.ZodType>(value: unknown, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new NotServed({ code: "notFound", message: "There is nothing under this address." });
}

/** The answer for something that is not there. */
export function notFound(what: string): NotServed {
  return new NotServed({
    code: "notFound",
    message: `There is no such ${what}.`,
    todo: "It may have been removed; go back and look.",
  });
}
