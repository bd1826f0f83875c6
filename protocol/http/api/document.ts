import { z } from "zod";
import { TokenScope } from "../../../domain/identity/tokenScope.ts";
import { IDEMPOTENCY_HEADER, IdempotencyKey } from "../idempotencyKey.ts";
import { Problem } from "../problem.ts";
import type { Answer, Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";

type Json = { readonly [name: string]: unknown };

/** The refusals that any call may have, by status. */
const REFUSALS: Readonly<Record<number, string>> = {
  401: "No token, or one that is not known, revoked or expired",
  403: "The token's scope or its person's role does not allow it",
  404: "There is no such thing",
  409: "Refused: the run is not where this can be done, or somebody was quicker; `because` has the reason of an order",
  422: "What was sent is not right; `fields` says where",
  503: "The server or its database can't answer now. An order may stand: repeat it with its key",
};

/** The published description of the API, OpenAPI 3.1, made from the schemas that the routes themselves parse with. */
export function apiDocument(operations: readonly Operation[] = OPERATIONS): Json {
  const byPath = Map.groupBy(operations, ({ path }) => path);
  return {
    openapi: "3.1.1",
    info: {
      title: "Slackwater",
      version: "1",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      description:
        "What scripts may ask a Slackwater server for. A token (account page, or slackwater token make) goes into the Authorization header. It acts in its person's name, within its scope and their role of that moment, and never decides. Fields that are named here stay; answers may have more.",
    },
    servers: [{ url: "/" }],
    security: [{ token: [] }],
    components: {
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: `A token of a person. Scopes, each with those before it: ${TokenScope.options.join(", ")}.`,
        },
      },
      schemas: { Problem: schemaOf(Problem, "output") },
    },
    paths: Object.fromEntries(
      [...byPath].map(([path, ones]) => [
        path,
        Object.fromEntries(ones.map((operation) => [operation.method, describe(operation)])),
      ]),
    ),
  };
}

function describe(operation: Operation): Json {
  const { id, summary, about, scope, body, answers } = operation;
  const needs = scope === "none" ? undefined : `Needs a token of the scope ${scope}.`;
  return {
    operationId: id,
    summary,
    description: [about, needs].filter((part) => part !== undefined).join(" ") || summary,
    ...(scope === "none" ? { security: [] } : {}),
    parameters: parametersOf(operation),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, "input") } } } }),
    responses: responsesOf(operation, answers),
  };
}

function parametersOf({ parameters = {}, query, headers, takesKey }: Operation): readonly Json[] {
  const inPath = Object.entries(parameters).map(([name, schema]) => ({
    ...{ name, in: "path", required: true, schema: schemaOf(schema, "output") },
  }));
  const keyed = takesKey ? z.strictObject({ [IDEMPOTENCY_HEADER]: IdempotencyKey.exactOptional() }) : undefined;
  return [...inPath, ...inPlace("query", query), ...inPlace("header", headers), ...inPlace("header", keyed)];
}

function inPlace(place: "query" | "header", fields: z.ZodObject | undefined): readonly Json[] {
  if (fields === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(fields, { io: "output", unrepresentable: "any" });
  return Object.entries(properties).map(([name, schema]) => {
    const hasDefault = typeof schema === "object" && "default" in schema;
    return { name, in: place, required: required.includes(name) && !hasDefault, schema };
  });
}

function responsesOf({ scope, body, parameters, query }: Operation, answers: readonly Answer[]): Json {
  const takesInput = body !== undefined || query !== undefined;
  const isServed = scope !== "none";
  const refused = Object.entries(REFUSALS).filter(([status]) => {
    if (status === "401" || status === "403" || status === "503") return isServed;
    if (status === "404") return parameters !== undefined;
    return status === "409" ? body !== undefined : takesInput;
  });
  const problem = { "application/json": { schema: { $ref: "#/components/schemas/Problem" } } };
  const refusals = refused.map(([status, description]) => [status, { description, content: problem }] as const);
  const done = answers.map((answer) => {
    const other = answer.status in REFUSALS ? [{ $ref: "#/components/schemas/Problem" }] : [];
    return [String(answer.status), responseOf(answer, other)] as const;
  });
  return Object.fromEntries([...refusals, ...done]);
}

function responseOf({ about, body }: Answer, orElse: readonly Json[]): Json {
  if (body === undefined) return { description: about };
  if (typeof body === "string") return { description: about, content: { [body]: {} } };
  const schema = schemaOf(body, "output");
  const all = orElse.length === 0 ? schema : { anyOf: [schema, ...orElse] };
  return { description: about, content: { "application/json": { schema: all } } };
}

/** `$schema` is the document's to name. What no JSON Schema says (that an end comes after a start) is left to the refusal. */
function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}
