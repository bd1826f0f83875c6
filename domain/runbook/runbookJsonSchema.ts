import { z } from "zod";
import { ACTIONS } from "../action/catalog.ts";
import { Runbook } from "./schema.ts";

/**
 * The published JSON Schema of runbooks (docs/runbook.schema.json): editors complete and check keys with it. It says the shape;
 * references, expressions and effects are checked by `readRunbook`.
 */
export function runbookJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    $id: "https://slackwater.example/runbook.schema.json",
    title: "Slackwater runbook, version 1",
    ...z.toJSONSchema(Runbook, { io: "input" }),
    "x-actions": Object.fromEntries(
      ACTIONS.map((action) => [action.name, z.toJSONSchema(action.args, { io: "input" })]),
    ),
  };
}
