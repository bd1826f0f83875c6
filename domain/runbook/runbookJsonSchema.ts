import { z } from "zod";
import { ACTIONS } from "../action/catalog.ts";
import type { ActionSpec } from "../action/defineAction.ts";
import { Runbook, TaskSpec } from "./schema.ts";

function argumentsOf(action: ActionSpec): Readonly<Record<string, unknown>> {
  const members = Object.entries(z.toJSONSchema(action.args, { io: "input" }).properties ?? {});
  // Names and meanings only: a value may also be a template or an expression, whose outcome no editor knows.
  const meanings = members.map(([name, shape]) => [name, typeof shape === "object" ? pick(shape) : {}]);
  return {
    properties: Object.fromEntries(meanings),
    propertyNames: { enum: members.map(([name]) => name) },
  };
}

const pick = ({ description, default: preset }: z.core.JSONSchema.BaseSchema) => ({
  ...(description === undefined ? {} : { description }),
  ...(preset === undefined ? {} : { default: preset }),
});

/**
 * The published JSON Schema of runbooks (docs/runbook.schema.json): editors complete keys, actions and their arguments with it. It
 * says the shape; references, expressions and effects are checked by `readRunbook`.
 */
export function runbookJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(Runbook, {
    io: "input",
    reused: "ref",
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema !== TaskSpec) return;
      jsonSchema.properties = { ...jsonSchema.properties, action: { enum: ACTIONS.map((action) => action.name) } };
      jsonSchema.anyOf = ACTIONS.map((action) => ({
        description: `${action.title}. ${action.about}`,
        properties: { action: { const: action.name }, with: argumentsOf(action) },
      }));
    },
  });
  return { ...schema, $id: "urn:slackwater:runbook:1", title: "Slackwater runbook, version 1" };
}
