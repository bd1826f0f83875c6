import { z } from "zod";
import { ACTIONS } from "../action/catalog.ts";
import type { ActionSpec } from "../action/defineAction.ts";
import { Runbook, TaskSpec } from "./schema.ts";

function argumentsOf(action: ActionSpec): Readonly<Record<string, unknown>> {
  const { properties } = z.toJSONSchema(action.args, { io: "input" });
  // Names only: a value may also be a template or an expression, whose outcome no editor knows.
  return { propertyNames: { enum: Object.keys(properties ?? {}) } };
}

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
        properties: { action: { const: action.name }, with: argumentsOf(action) },
      }));
    },
  });
  return { ...schema, $id: "urn:slackwater:runbook:1", title: "Slackwater runbook, version 1" };
}
